/** A tree as the rows that are on screen: what is folded is left out, what is searched for is opened. Pure. */

export interface Branch<T> {
  path: string;
  children: T[];
}

export interface Row<T> {
  item: T;
  depth: number;
  isOpen: boolean;
  /** Place among its siblings and their number, for assistive technology. */
  position: number;
  siblings: number;
}

export function rowsOf<T extends Branch<T>>(
  roots: T[],
  isOpen: (item: T, depth: number) => boolean,
): Row<T>[] {
  const rows: Row<T>[] = [];
  const walk = (items: T[], depth: number) => {
    items.forEach((item, at) => {
      const opened = item.children.length > 0 && isOpen(item, depth);
      rows.push({ item, depth, isOpen: opened, position: at + 1, siblings: items.length });
      if (opened) walk(item.children, depth + 1);
    });
  };
  walk(roots, 0);
  return rows;
}

/** The tree of what fits and of what holds it; a holder that fits itself keeps all it holds. */
export function found<T extends Branch<T>>(roots: T[], fits: (item: T) => boolean): T[] {
  return roots.flatMap((item) => {
    const children = found(item.children, fits);
    if (fits(item)) return [{ ...item, children: children.length > 0 ? children : item.children }];
    return children.length > 0 ? [{ ...item, children }] : [];
  });
}

export const ROW_HEIGHT = 32;

/** The rows to draw for a window of the tree, with a few around it. */
export function windowOf(
  count: number,
  top: number,
  height: number,
  around = 6,
): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / ROW_HEIGHT) - around);
  return { from, to: Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + around) };
}

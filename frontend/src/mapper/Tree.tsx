/** One of the two trees: rows on screen only, walked with the arrow keys, the active row told to assistive technology. */
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { type Branch, ROW_HEIGHT, type Row, windowOf } from "./rows";
import { type Side, useMapper } from "./sheet";
import classes from "./tree.module.css";

const UNMEASURED = 640;

export interface TreeProps<T> {
  side: Side;
  label: string;
  rows: Row<T>[];
  active: string | null;
  onActive: (path: string) => void;
  onFold: (path: string, isOpen: boolean) => void;
  /** Keys that the tree itself does not know; true when they did something. */
  onKey: (event: KeyboardEvent, path: string | null) => boolean;
  children: (row: Row<T>, isActive: boolean) => ReactNode;
}

export const rowId = (side: Side, path: string) => `${side}-${encodeURIComponent(path)}`;

export function Tree<T extends Branch<T>>(props: TreeProps<T>) {
  const { rows, side, active } = props;
  const { store } = useMapper();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: UNMEASURED });
  const at = rows.findIndex(({ item }) => item.path === active);
  const isGrid = side === "target";

  useEffect(() => {
    const places = new Map(rows.map(({ item }, place) => [item.path, place]));
    store.getState().measure(side, { places });
  }, [rows, side, store]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const height = element.clientHeight || UNMEASURED;
      setView({ top: element.scrollTop, height });
      store.getState().measure(side, { top: element.scrollTop, height });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [side, store]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another active row is scrolled to
  useEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    const top = at * ROW_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW_HEIGHT - element.clientHeight;
  }, [active]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current) return;
    if (walk(event, props, at) || props.onKey(event, active)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  // Scrolling draws other rows, never the same ones anew: what a row shows changes only with what it is drawn by.
  const { children } = props;
  const made = useMemo(
    () => new WeakMap<Row<T>, { isActive: boolean; element: ReactNode; by: unknown }>(),
    [],
  );
  const elementOf = (row: Row<T>, isActive: boolean) => {
    const old = made.get(row);
    if (old?.isActive === isActive && old.by === children) return old.element;
    const element = children(row, isActive);
    made.set(row, { isActive, element, by: children });
    return element;
  };
  const { from, to } = windowOf(rows.length, view.top, view.height);
  const shown = rows.slice(from, to).map((row, offset) => ({ row, place: from + offset }));
  const activeRow = at >= 0 ? rows[at] : undefined;
  if (activeRow && (at < from || at >= to)) shown.push({ row: activeRow, place: at });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role depends on its side, and is one that has keys
    <div
      ref={box}
      className={classes.tree}
      {...{
        role: isGrid ? "treegrid" : "tree",
        tabIndex: 0,
        "aria-label": props.label,
        "aria-activedescendant": activeRow && rowId(side, activeRow.item.path),
        "aria-rowcount": isGrid ? rows.length : undefined,
      }}
      data-tree={side}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const first = rows[0];
        // A click chooses its own row; only who comes by key begins at the first.
        if (at < 0 && first && event.currentTarget.matches(":focus-visible")) props.onActive(first.item.path);
      }}
    >
      <div role="presentation" className={classes.all} style={{ height: rows.length * ROW_HEIGHT }}>
        {shown.map(({ row, place }) => (
          <RowFrame key={row.item.path} {...{ row, place, side }} isActive={row.item.path === active}>
            {elementOf(row, row.item.path === active)}
          </RowFrame>
        ))}
      </div>
    </div>
  );
}

function RowFrame<T extends Branch<T>>(props: {
  row: Row<T>;
  place: number;
  side: Side;
  isActive: boolean;
  children: ReactNode;
}) {
  const { row, side, place } = props;
  const isGrid = side === "target";
  const path = row.item.path;
  return (
    <div
      id={rowId(side, path)}
      className={classes.row}
      {...{
        role: isGrid ? "row" : "treeitem",
        "aria-level": row.depth + 1,
        "aria-posinset": row.position,
        "aria-setsize": row.siblings,
        "aria-expanded": row.item.children.length > 0 ? row.isOpen : undefined,
        "aria-selected": props.isActive,
        "aria-rowindex": isGrid ? place + 1 : undefined,
      }}
      data-active={props.isActive || undefined}
      data-source={isGrid ? undefined : path}
      data-target={isGrid ? path : undefined}
      data-testid={`${side}-${path}`}
      style={{ top: place * ROW_HEIGHT, height: ROW_HEIGHT }}
    >
      {props.children}
    </div>
  );
}

/** The keys of a tree: up, down, first, last, open, close, to the parent. */
function walk<T extends Branch<T>>(event: KeyboardEvent, props: TreeProps<T>, at: number): boolean {
  const { rows } = props;
  const go = (place: number) => {
    const row = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    if (row) props.onActive(row.item.path);
    return row !== undefined;
  };
  const row = rows[at];
  switch (event.key) {
    case "ArrowDown":
      return go(at + 1);
    case "ArrowUp":
      return go(Math.max(at, 0) - 1);
    case "Home":
      return go(0);
    case "End":
      return go(rows.length - 1);
    case "PageDown":
      return go(at + 10);
    case "PageUp":
      return go(at - 10);
    case "ArrowRight":
      if (!row || row.item.children.length === 0) return false;
      if (row.isOpen) return go(at + 1);
      props.onFold(row.item.path, true);
      return true;
    case "ArrowLeft": {
      if (!row) return false;
      if (row.isOpen) {
        props.onFold(row.item.path, false);
        return true;
      }
      const parent = rows.slice(0, at).findLastIndex(({ depth }) => depth < row.depth);
      return parent >= 0 && go(parent);
    }
    default:
      return false;
  }
}

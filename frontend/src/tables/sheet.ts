/** The rows of a lookup table while a person edits them: every edit answers new rows and leaves the old as they were.
 *  Pure: the grid draws what stands here, the page sends what `changesOf` names. */

export interface Row {
  id: number;
  key: string;
  value: string;
}
export type Column = "key" | "value";
export const COLUMNS: readonly Column[] = ["key", "value"];
export type Trouble = "empty" | "doubled" | "long" | "text";

const MOST_KEY = 255;
const MOST_VALUE = 2000;

let last = 0;
export function newRow(key: string, value: string): Row {
  last += 1;
  return { id: last, key, value };
}

export const rowsOf = (pairs: [string, string][]): Row[] => pairs.map(([key, value]) => newRow(key, value));

export interface CellEdit {
  id: number;
  column: Column;
  text: string;
}

/** Write into cells; the same rows when nothing differs. */
export function setCells(rows: Row[], edits: CellEdit[]): Row[] {
  const byId = new Map<number, Partial<Row>>();
  for (const { id, column, text } of edits) {
    const cell = column === "key" ? text.trim() : text;
    byId.set(id, { ...byId.get(id), [column]: cell });
  }
  let differs = false;
  const next = rows.map((row) => {
    const edit = byId.get(row.id);
    if (!edit) return row;
    const changed = { ...row, ...edit };
    if (changed.key === row.key && changed.value === row.value) return row;
    differs = true;
    return changed;
  });
  return differs ? next : rows;
}

export function removeRows(rows: Row[], ids: ReadonlySet<number>): Row[] {
  return ids.size === 0 ? rows : rows.filter(({ id }) => !ids.has(id));
}

/** Bring in rows by their key: known keys take the new value, others are added at the end. */
export function merge(rows: Row[], brought: { key: string; value: string }[]): Row[] {
  const wanted = new Map(brought.map(({ key, value }) => [key.trim(), value]));
  const next = rows.map((row) => {
    const value = wanted.get(row.key);
    if (value === undefined) return row;
    wanted.delete(row.key);
    return value === row.value ? row : { ...row, value };
  });
  return [...next, ...[...wanted].map(([key, value]) => newRow(key, value))];
}

/** Put a block of texts at a cell, as spreadsheets do: over what is there, and beyond the end as new rows. */
export function pasteAt(
  rows: Row[],
  view: readonly Row[],
  at: { row: number; column: number },
  block: string[][],
): Row[] {
  if (at.row >= view.length && at.column === 0 && block.every((cells) => cells.length > 1)) {
    return merge(
      rows,
      block.filter(([key]) => key?.trim()).map(([key = "", value = ""]) => ({ key, value })),
    );
  }
  const edits: CellEdit[] = [];
  const added: Row[] = [];
  block.forEach((cells, offset) => {
    const here = view[at.row + offset];
    const texts = cells.slice(0, COLUMNS.length - at.column);
    if (here) {
      texts.forEach((text, along) => {
        edits.push({ id: here.id, column: COLUMNS[at.column + along] ?? "value", text });
      });
    } else if (texts.some((text) => text.trim() !== "")) {
      added.push(
        at.column === 0 ? newRow((texts[0] ?? "").trim(), texts[1] ?? "") : newRow("", texts[0] ?? ""),
      );
    }
  });
  const next = setCells(rows, edits);
  return added.length > 0 ? [...next, ...added] : next;
}

/** Repeat the first rows of a selection downwards over the others. */
export function fillDown(
  rows: Row[],
  selected: readonly Row[],
  columns: readonly Column[],
  pattern = 1,
): Row[] {
  const edits = selected.slice(pattern).flatMap((row, at) => {
    const from = selected[at % pattern];
    return from ? columns.map((column) => ({ id: row.id, column, text: from[column] })) : [];
  });
  return setCells(rows, edits);
}

/** What is wrong with which row; rows that are all right are not in it. */
export function troublesOf(rows: readonly Row[]): Map<number, Trouble> {
  const times = new Map<string, number>();
  for (const { key } of rows) times.set(key, (times.get(key) ?? 0) + 1);
  const found = new Map<number, Trouble>();
  for (const { id, key, value } of rows) {
    if (key === "") found.set(id, "empty");
    else if ((times.get(key) ?? 0) > 1) found.set(id, "doubled");
    else if (key.length > MOST_KEY || value.length > MOST_VALUE) found.set(id, "long");
    else if (key.includes("\0") || value.includes("\0")) found.set(id, "text");
  }
  return found;
}

export const TROUBLE_WORDS: Record<Trouble, string> = {
  empty: "This row has no key",
  doubled: "This key stands more than once",
  long: `Too long: a key has at most ${MOST_KEY} characters, a value ${MOST_VALUE}`,
  text: "Holds a character that cannot be kept",
};

export interface Changes {
  set: Record<string, string>;
  remove: string[];
}

/** What has to be sent so that the server's rows become those on screen. */
export function changesOf(kept: ReadonlyMap<string, string>, rows: readonly Row[]): Changes {
  const set: Record<string, string> = {};
  const here = new Set<string>();
  for (const { key, value } of rows) {
    here.add(key);
    if (key !== "" && kept.get(key) !== value) set[key] = value;
  }
  return { set, remove: [...kept.keys()].filter((key) => !here.has(key)) };
}

/** The same changes on top of newer rows; `both` are keys that somebody else has changed, too. */
export function rebase(
  kept: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
  changes: Changes,
): { rows: Row[]; both: string[] } {
  const mine = [...Object.keys(changes.set), ...changes.remove];
  const both = mine.filter(
    (key) => kept.get(key) !== theirs.get(key) && theirs.get(key) !== changes.set[key],
  );
  const merged = new Map(theirs);
  for (const key of changes.remove) merged.delete(key);
  for (const [key, value] of Object.entries(changes.set)) merged.set(key, value);
  return { rows: rowsOf([...merged]), both };
}

export type Sort = { column: Column; down: boolean } | null;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The rows that a search and an order leave; without an order as they stand. */
export function viewOf(rows: Row[], search: string, sort: Sort): Row[] {
  const wanted = search.trim().toLowerCase();
  const found = wanted
    ? rows.filter(
        ({ key, value }) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted),
      )
    : rows;
  if (!sort) return found;
  const way = sort.down ? -1 : 1;
  return [...found].sort((a, b) => way * collator.compare(a[sort.column], b[sort.column]));
}

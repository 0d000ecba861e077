/** What a file would do to a table, before it does: which rows come, which change, which go, which cannot be read. Pure. */
import type { Row } from "./sheet";
import type { Line } from "./texts";

export interface ImportChoice {
  heading: boolean;
  keyColumn: number;
  valueColumn: number;
  /** Remove rows that the file does not hold. */
  replace: boolean;
}

export interface ImportPlan {
  added: { key: string; value: string }[];
  changed: { key: string; before: string; value: string }[];
  removed: { key: string; before: string }[];
  same: number;
  refused: { line: number; message: string }[];
}

const HEADINGS = ["key", "value"];

/** Whether the first line names the columns: it holds a title of the table, or nothing that looks like a value. */
export function looksLikeHeading(lines: Line[], titles: string[]): boolean {
  const first = lines[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const known = new Set([...titles.map((title) => title.trim().toLowerCase()), ...HEADINGS]);
  return first.some((cell) => known.has(cell));
}

/** The columns that bear the table's titles, else the first two. */
export function guessColumns(lines: Line[], titles: [string, string]): [number, number] {
  const first = lines[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const find = (title: string, other: string) =>
    first.findIndex((cell) => cell === title.trim().toLowerCase() || cell === other);
  const key = find(titles[0], "key");
  const value = find(titles[1], "value");
  return [key >= 0 ? key : 0, value >= 0 ? value : key === 1 ? 0 : 1];
}

export function planImport(lines: Line[], rows: readonly Row[], choice: ImportChoice): ImportPlan {
  const known = new Map(rows.map(({ key, value }) => [key, value]));
  const seen = new Map<string, number>();
  const plan: ImportPlan = { added: [], changed: [], removed: [], same: 0, refused: [] };
  for (const { line, cells } of choice.heading ? lines.slice(1) : lines) {
    const key = cells[choice.keyColumn]?.trim() ?? "";
    const value = cells[choice.valueColumn]?.trim();
    const earlier = seen.get(key);
    const refuse = (message: string) => plan.refused.push({ line, message });
    if (value === undefined) refuse(`has no column ${choice.valueColumn + 1}.`);
    else if (key === "") refuse("has no key.");
    else if (key.length > 255 || value.length > 2000)
      refuse("is too long: keys 255, values 2,000 characters.");
    else if (earlier !== undefined) refuse(`repeats the key “${key}” of line ${earlier}.`);
    else {
      seen.set(key, line);
      const before = known.get(key);
      if (before === undefined) plan.added.push({ key, value });
      else if (before === value) plan.same += 1;
      else plan.changed.push({ key, before, value });
    }
  }
  if (choice.replace) {
    plan.removed = rows.filter(({ key }) => !seen.has(key)).map(({ key, value }) => ({ key, before: value }));
  }
  return plan;
}

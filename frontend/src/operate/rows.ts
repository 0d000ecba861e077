/** Rows of a lookup table as people bring them: pasted from a spreadsheet, or as CSV. Pure. */
import type { LookupRow } from "@/api/types";

/** Two columns from the clipboard: tabs between, as spreadsheets write them; commas or semicolons also do. */
export function parsePasted(text: string): LookupRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.flatMap((line) => {
    const cells = line.includes("\t") ? line.split("\t") : splitLine(line);
    const key = (cells[0] ?? "").trim();
    return key && cells.length > 1 ? [{ key, value: (cells[1] ?? "").trim() }] : [];
  });
}

function splitLine(line: string): string[] {
  const separator = line.includes(";") && !line.includes(",") ? ";" : ",";
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at];
    if (letter === '"' && quoted && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === separator && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += letter;
  }
  return [...cells, cell];
}

/** What has to be sent so that the server's rows become those on screen. */
export function changesBetween(
  before: LookupRow[],
  after: LookupRow[],
): { set: Record<string, string>; remove: string[] } {
  const old = new Map(before.map(({ key, value }) => [key, value]));
  const kept = new Set(after.map(({ key }) => key));
  const set = Object.fromEntries(
    after
      .filter(({ key, value }) => key !== "" && old.get(key) !== value)
      .map(({ key, value }) => [key, value]),
  );
  return { set, remove: before.map(({ key }) => key).filter((key) => !kept.has(key)) };
}

/** A condition in words: rows of field, comparison and value, joined by and / or; read from an expression and written
 *  back as one. What is more than that stays an expression. Pure. */

export interface Row {
  field: string;
  test: Test;
  value: string;
}
export type Test =
  | "=="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "contains"
  | "lacks"
  | "starts"
  | "ends"
  | "in"
  | "empty"
  | "filled"
  | "true"
  | "false";
export interface Rows {
  join: "and" | "or";
  rows: Row[];
}

export const TESTS: { value: Test; label: string; takesValue: boolean }[] = [
  { value: "==", label: "is", takesValue: true },
  { value: "!=", label: "is not", takesValue: true },
  { value: ">", label: "is more than", takesValue: true },
  { value: ">=", label: "is at least", takesValue: true },
  { value: "<", label: "is less than", takesValue: true },
  { value: "<=", label: "is at most", takesValue: true },
  { value: "contains", label: "contains", takesValue: true },
  { value: "lacks", label: "does not contain", takesValue: true },
  { value: "starts", label: "begins with", takesValue: true },
  { value: "ends", label: "ends with", takesValue: true },
  { value: "in", label: "is one of", takesValue: true },
  { value: "filled", label: "has a value", takesValue: false },
  { value: "empty", label: "has no value", takesValue: false },
  { value: "true", label: "is yes", takesValue: false },
  { value: "false", label: "is no", takesValue: false },
];

export const takesValue = (test: Test): boolean =>
  TESTS.find(({ value }) => value === test)?.takesValue ?? true;

const PATH = String.raw`(?:trigger|steps|item|index|env)(?:\.\w+|\[\d+\]|\['[^']*'\])*`;
const VALUE = String.raw`'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|true|false|none|${PATH}`;
const FORMS: { pattern: RegExp; read: (match: string[]) => Row }[] = [
  {
    pattern: new RegExp(`^(${PATH}) *(==|!=|>=|<=|>|<) *(${VALUE})$`),
    read: ([, field = "", test = "==", value = ""]) => ({ field, test: test as Test, value: shown(value) }),
  },
  {
    pattern: new RegExp(`^(${VALUE}) in (${PATH})$`),
    read: ([, value = "", field = ""]) => ({ field, test: "contains", value: shown(value) }),
  },
  {
    pattern: new RegExp(`^(${VALUE}) not in (${PATH})$`),
    read: ([, value = "", field = ""]) => ({ field, test: "lacks", value: shown(value) }),
  },
  {
    pattern: new RegExp(`^(${PATH}) *\\| *(startswith|endswith)\\((${VALUE})\\)$`),
    read: ([, field = "", name, value = ""]) => ({
      field,
      test: name === "startswith" ? "starts" : "ends",
      value: shown(value),
    }),
  },
  {
    pattern: new RegExp(`^(${PATH}) in \\[([^\\]]*)\\]$`),
    read: ([, field = "", list = ""]) => ({
      field,
      test: "in",
      value: list.split(/, */).map(shown).join(", "),
    }),
  },
  { pattern: new RegExp(`^not (${PATH})$`), read: ([, field = ""]) => ({ field, test: "empty", value: "" }) },
  { pattern: new RegExp(`^(${PATH})$`), read: ([, field = ""]) => ({ field, test: "filled", value: "" }) },
];

/** The rows of an expression; null when it is more than rows can say. An empty text is one empty row. */
export function readRows(text: string): Rows | null {
  const bare = text.trim().replace(/^\{\{\s*|\s*\}\}$/g, "");
  if (bare === "") return { join: "and", rows: [{ field: "", test: "==", value: "" }] };
  const ands = splitAt(bare, " and ");
  const ors = splitAt(bare, " or ");
  if (ands.length > 1 && ors.length > 1) return null;
  const join = ors.length > 1 ? "or" : "and";
  const rows: Row[] = [];
  for (const part of ors.length > 1 ? ors : ands) {
    const row = readRow(part.trim());
    if (!row) return null;
    rows.push(row);
  }
  return { join, rows };
}

function readRow(text: string): Row | null {
  for (const { pattern, read } of FORMS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const row = read(match);
    if (row.test === "==" && (row.value === "true" || row.value === "false"))
      return /['"](true|false)['"]$/.test(text) ? null : { ...row, test: row.value, value: "" };
    if (row.test === "==" && row.value === "none") return { ...row, test: "empty", value: "" };
    return writeRow(row) === normal(text) ? row : null;
  }
  return null;
}

/** The same text with single quotes and single spaces, to hold it against what would be written. */
function normal(text: string): string {
  return text
    .replace(/"([^"']*)"/g, "'$1'")
    .replace(/ *(==|!=|>=|<=|>|<) */g, " $1 ")
    .replace(/ *\| */g, " | ")
    .replace(/, */g, ", ");
}

export function writeRows({ join, rows }: Rows): string {
  return rows
    .filter(({ field }) => field !== "")
    .map(writeRow)
    .join(` ${join} `);
}

function writeRow({ field, test, value }: Row): string {
  if (test === "filled") return field;
  if (test === "empty") return `not ${field}`;
  if (test === "true" || test === "false") return `${field} == ${test}`;
  if (test === "contains") return `${quoted(value)} in ${field}`;
  if (test === "lacks") return `${quoted(value)} not in ${field}`;
  if (test === "starts") return `${field} | startswith(${quoted(value)})`;
  if (test === "ends") return `${field} | endswith(${quoted(value)})`;
  if (test === "in")
    return `${field} in [${value
      .split(",")
      .map((each) => quoted(each.trim()))
      .join(", ")}]`;
  return `${field} ${test} ${quoted(value)}`;
}

const WHOLE_PATH = new RegExp(`^${PATH}$`);

/** A value as an expression: numbers and ways to fields as they are, all else as text in quotes. */
function quoted(value: string): string {
  if (/^-?\d+(\.\d+)?$/.test(value) || (value.includes(".") && WHOLE_PATH.test(value))) return value;
  return value.includes("'") ? `"${value.replaceAll('"', "")}"` : `'${value}'`;
}

function shown(value: string): string {
  const bare = value.trim();
  return /^'.*'$|^".*"$/.test(bare) ? bare.slice(1, -1) : bare;
}

/** Splits where the word stands outside quotes and brackets. */
function splitAt(text: string, word: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (quote) quote = sign === quote ? "" : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if ("([".includes(sign)) depth += 1;
    else if (")]".includes(sign)) depth -= 1;
    else if (depth === 0 && text.startsWith(word, at)) {
      parts.push(text.slice(start, at));
      start = at + word.length;
      at = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}

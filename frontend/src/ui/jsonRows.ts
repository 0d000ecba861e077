/** A JSON value as the rows of its tree: what is open, what a search finds, and hints that say money and times in words. */
import { exactTime } from "./time";

export type JsonPath = (string | number)[];

export interface JsonRow {
  id: string;
  path: JsonPath;
  name: string | null;
  value: unknown;
  /** Fields or items inside; null for a plain value. */
  size: number | null;
  isList: boolean;
  isOpen: boolean;
  hint: string | null;
  /** So many more fields or items are not shown yet. */
  rest?: number;
}

export const PART = 100;
const WIDE = 200;

export interface JsonShape {
  /** Open without being asked, down to this depth. */
  depth: number;
  toggled: ReadonlySet<string>;
  /** How many fields or items of a long list are shown. */
  parts: ReadonlyMap<string, number>;
  search: string;
}

export const idOf = (path: JsonPath): string => JSON.stringify(path);

export function rowsOf(value: unknown, shape: JsonShape): JsonRow[] {
  const rows: JsonRow[] = [];
  const wanted = shape.search.trim().toLowerCase();
  const found = wanted ? matches(value, wanted) : null;
  walk(value, [], null, null, { ...shape, found, rows });
  return rows;
}

interface Walk extends JsonShape {
  found: ReadonlySet<string> | null;
  rows: JsonRow[];
}

function walk(value: unknown, path: JsonPath, name: string | null, around: unknown, job: Walk): void {
  const id = idOf(path);
  if (job.found && !job.found.has(id)) return;
  const entries = entriesOf(value);
  const byItself = job.found !== null || (path.length < job.depth && (entries?.length ?? 0) < WIDE);
  const isOpen = entries !== null && entries.length > 0 && byItself !== job.toggled.has(id);
  const row: JsonRow = {
    id,
    path,
    name,
    value,
    size: entries?.length ?? null,
    isList: Array.isArray(value),
    isOpen,
    hint: entries ? null : hintOf(name, value, around),
  };
  job.rows.push(row);
  if (!isOpen || !entries) return;
  const shown = job.found ? entries.length : (job.parts.get(id) ?? PART);
  for (const [key, inner] of entries.slice(0, shown))
    walk(inner, [...path, Array.isArray(value) ? Number(key) : key], key, value, job);
  if (entries.length > shown)
    job.rows.push({ ...row, id: `${id}…`, isOpen: false, rest: entries.length - shown });
}

export function entriesOf(value: unknown): [string, unknown][] | null {
  return value !== null && typeof value === "object" ? Object.entries(value) : null;
}

const MOST_FOUND = 300;

/** The ids of all rows whose name or value holds the text, and of those around them. */
function matches(value: unknown, wanted: string): Set<string> {
  const found = new Set<string>();
  let count = 0;
  const look = (part: unknown, path: JsonPath): void => {
    if (count >= MOST_FOUND) return;
    const entries = entriesOf(part);
    const name = path.at(-1);
    const own = `${typeof name === "string" ? name : ""} ${entries ? "" : String(part)}`.toLowerCase();
    if (own.includes(wanted)) {
      count += 1;
      for (let at = 0; at <= path.length; at += 1) found.add(idOf(path.slice(0, at)));
    }
    for (const [key, inner] of entries ?? []) look(inner, [...path, Array.isArray(part) ? Number(key) : key]);
  };
  look(value, []);
  return found;
}

const MONEY = /(amount|price|total|subtotal|fee|net|balance|discount|tax|amt)/i;
const TIME = /(_at|_on|date|time|created|updated|expires|period_start|period_end|available_on|until)$/i;

/** Money in its currency and moments in the person's zone; null where the value says enough. */
export function hintOf(name: string | null, value: unknown, around: unknown): string | null {
  if (name !== null && typeof value === "number") return moneyOf(name, value, around) ?? unixOf(name, value);
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return null;
  return Number.isNaN(Date.parse(value)) ? null : exactTime(value);
}

function unixOf(name: string, value: number): string | null {
  const isMoment = TIME.test(name) && Number.isInteger(value) && value > 9e8 && value < 4.1e9;
  return isMoment ? exactTime(new Date(value * 1000).toISOString()) : null;
}

function moneyOf(name: string, value: number, around: unknown): string | null {
  if (!MONEY.test(name) || around === null || typeof around !== "object" || Array.isArray(around))
    return null;
  const { currency, CurrencyCode } = around as { currency?: unknown; CurrencyCode?: unknown };
  const isMinor = typeof currency === "string" && /^[a-z]{3}$/.test(currency) && Number.isInteger(value);
  const code = isMinor ? currency.toUpperCase() : (CurrencyCode ?? currency);
  if (typeof code !== "string" || !/^[A-Z]{3}$/.test(code)) return null;
  try {
    const format = new Intl.NumberFormat(undefined, {
      style: "currency",
      currency: code,
      currencyDisplay: "code",
    });
    const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(isMinor ? value / 10 ** decimals : value);
  } catch {
    return null;
  }
}

/** A path as expressions write it; `null` stands for every item. */
export function pathText(path: readonly (string | number | null)[]): string {
  return path.reduce<string>((text, key) => {
    if (key === null) return `${text}[]`;
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[^.[\]"'\s]+$/.test(key)) return `${text}["${key}"]`;
    return text ? `${text}.${key}` : key;
  }, "");
}

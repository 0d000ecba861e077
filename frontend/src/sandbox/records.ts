/** Chooses what of a simulated system's records is shown: a few telling columns, money with its currency. Pure. */
import { moneyText } from "@/ui/money";

export type Row = Record<string, unknown>;

const DULL = new Set([
  "object",
  "livemode",
  "Company",
  "SysRowID",
  "RowMod",
  "api_version",
  "SysRevID",
  "url",
  "_revision",
]);
const TELLING = [
  /^(id|OrderNum|CustNum|CustID|HeadNum|InvoiceNum|GroupID|PONum|TranNum)$/,
  /^(name|Name|email|type|status|PartNum)$/i,
  /(amount|Amt|total|balance)$/i,
  /^(currency|CurrencyCode|customer|charge|order|Reference|CheckRef)$/i,
  /(OpenOrder|paid|captured|refunded|Posted)$/i,
];

function weight(name: string): number {
  const at = TELLING.findIndex((pattern) => pattern.test(name));
  return at < 0 ? TELLING.length : at;
}

const isScalar = (value: unknown) => value === null || ["string", "number", "boolean"].includes(typeof value);

/** At most `count` columns that hold plain values, the telling ones first. */
export function columnsOf(rows: Row[], count = 5): string[] {
  const names = new Map<string, number>();
  for (const row of rows.slice(-20)) {
    for (const [name, value] of Object.entries(row)) {
      const isEmpty = value === null || value === "" || value === undefined;
      if (!DULL.has(name) && isScalar(value)) names.set(name, (names.get(name) ?? 0) + (isEmpty ? 0 : 1));
    }
  }
  return [...names]
    .filter(([, filled]) => filled > 0)
    .map(([name]) => name)
    .sort((a, b) => weight(a) - weight(b))
    .slice(0, count);
}

/** What tells one record from another. */
export function identity(row: Row): string {
  const named = row.id ?? row.SysRowID ?? row.OrderNum ?? row.HeadNum ?? row.InvoiceNum ?? row.CustNum;
  return named === undefined ? JSON.stringify(row).slice(0, 200) : String(named);
}

/** A cell as people read it; whole numbers beside a lower-case currency are minor units. */
export function cellText(row: Row, name: string): { text: string; isNumber: boolean } {
  const value = row[name];
  const currency =
    typeof row.currency === "string" && /^[a-z]{3}$/.test(row.currency) ? row.currency.toUpperCase() : null;
  const isMoney = /(amount|Amt|total|balance|fee|net)/i.test(name) && typeof value === "number";
  if (isMoney && currency && Number.isInteger(value)) {
    return { text: moneyText(value, currency, true), isNumber: true };
  }
  if (isMoney) return { text: value.toFixed(2), isNumber: true };
  if (typeof value === "boolean") return { text: value ? "yes" : "no", isNumber: false };
  if (value === null || value === undefined) return { text: "", isNumber: false };
  return { text: String(value), isNumber: typeof value === "number" };
}

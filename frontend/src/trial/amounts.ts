/** Reads raw numbers as people do: minor units as money, seconds since 1970 as a time. Pure. */
import { decimalsOf } from "@/ui/money";

const MONEY = /(amount|total|balance|fee|net|price|Amt$)/i;
const MOMENT = /(^created$|^updated$|_at$|At$|^timestamp$|_date$|^arrival|^available_on$|^due)/;

/** A reading of a plain value in its surroundings, when it says more than the value itself. */
export function reading(name: string, value: unknown, beside: Record<string, unknown>): string | null {
  if (typeof value !== "number" || !Number.isInteger(value)) return null;
  const { currency } = beside;
  if (MONEY.test(name) && typeof currency === "string" && /^[a-z]{3}$/.test(currency)) {
    const code = currency.toUpperCase();
    const digits = decimalsOf(code);
    return `${(value / 10 ** digits).toFixed(digits)} ${code}`;
  }
  const isMoment = MOMENT.test(name) && value > 946_684_800 && value < 4_102_444_800;
  return isMoment ? momentText(new Date(value * 1000)) : null;
}

function momentText(at: Date): string {
  return at.toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

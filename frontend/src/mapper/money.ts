/** Recognises amounts of money: which fields count cents, and where their currency stands. Pure. */
import type { Field } from "@/document/scope";
import { parentOf } from "./paths";

const SMALLEST = /smallest unit|minor unit|in cents|\bcents\b/i;
const AMOUNT = /(^|_|\b|[a-z])(amount|amt|price|total|subtotal|fee|tax|balance|cost|net)(_|\b|[A-Z]|$)/i;

export function isAmount(...names: (string | undefined)[]): boolean {
  return names.some((name) => name !== undefined && AMOUNT.test(name));
}

/** Whether a number counts the smallest unit: its schema says so, or it is a whole amount beside its currency. */
export function isMinorUnits(field: Field, hasCurrency: boolean): boolean {
  if (SMALLEST.test(`${field.title ?? ""} ${field.about ?? ""} ${field.description ?? ""}`)) return true;
  const isWhole =
    field.type === "integer" || (field.type === "number" && Number.isInteger(field.sample as number));
  return hasCurrency && isWhole && isAmount(field.label);
}

/** The currency that belongs to an amount: beside it, or beside what holds it. */
export function nearestCurrency(field: Field, known: Map<string, Field>): Field | undefined {
  let above = parentOf(field.path);
  while (above !== null) {
    const holder = known.get(above);
    const beside = holder?.children.find(({ label }) => /^currency(_?code)?$/i.test(label));
    if (beside) return beside;
    above = parentOf(above);
  }
  return undefined;
}

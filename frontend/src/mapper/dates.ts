/** Recognises moments and days: numbers since 1970, days as text, and fields that take dates. Pure. */
import type { Field } from "@/document/scope";
import type { Value } from "@/document/types";
import type { TargetField } from "./targets";

const NAMED = /(^|_|[a-z])(date|day|created|updated|time|timestamp|expires|until|due)(_|[A-Z]|$)|_at$/i;

/** How a number counts a moment; null when it is no moment. */
export function momentOf(field: Field, sample: Value | undefined): "seconds" | "milliseconds" | null {
  if (field.type !== "integer" && field.type !== "number") return null;
  const isNamed = NAMED.test(field.label) || /unix|epoch|since 1970/i.test(`${field.about} ${field.title}`);
  if (!isNamed) return null;
  if (typeof sample === "number" && sample > 1e11) return "milliseconds";
  return sample === undefined || (typeof sample === "number" && sample > 1e8) ? "seconds" : null;
}

/** Whether the target takes a day or a moment as text; null when it takes neither. */
export function isDateField({ name, schema, type }: TargetField): "date" | "datetime" | null {
  if (type !== "string") return null;
  if (schema.format === "date") return "date";
  if (schema.format === "date-time") return "datetime";
  const pattern = typeof schema.pattern === "string" ? schema.pattern : "";
  if (pattern.startsWith("^[0-9]{4}-[0-9]{2}-[0-9]{2}")) return pattern.includes("T[") ? "datetime" : "date";
  if (/(date|day)$/i.test(name)) return "date";
  return /(_at|timestamp|datetime)$/i.test(name) ? "datetime" : null;
}

export function looksLikeDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

const FORMS: [RegExp, string][] = [
  [/^\d{1,2}\.\d{1,2}\.\d{4}$/, "%d.%m.%Y"],
  [/^(1[3-9]|2\d|3[01])\/\d{1,2}\/\d{4}$/, "%d/%m/%Y"],
  [/^\d{1,2}\/\d{1,2}\/\d{4}$/, "%m/%d/%Y"],
  [/^\d{8}$/, "%Y%m%d"],
];

/** How a text writes its date: `iso`, a form for reading it, or null when it is no date. */
export function writtenDate(text: string): string | null {
  if (/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/.test(text)) return "iso";
  return FORMS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** Whether a source suits its target: types, units, forms; what does not suit comes with the transform that mends it.
 *  Pure; decides by the schemas and by the sample, never by running a rule. */
import type { Field } from "@/document/scope";
import type { Rule, Transform, Value } from "@/document/types";
import { isDateField, looksLikeDay, momentOf, writtenDate } from "./dates";
import { isAmount, isMinorUnits, nearestCurrency } from "./money";
import { listsIn } from "./paths";
import { type TargetField, typesOf } from "./targets";

export interface Fix {
  label: string;
  transform: Transform;
}

export interface Clash {
  code: string;
  message: string;
  fixes: Fix[];
}

/** The first thing that keeps the source from suiting the target; null when they suit, or nothing is known. */
export function clashOf(
  source: Field,
  target: TargetField,
  rule: Pick<Rule, "transforms" | "target">,
  known: Map<string, Field>,
): Clash | null {
  if ((rule.transforms ?? []).length > 0 || target.free) return null;
  const ask: Question = {
    source,
    target,
    types: typesOf(target.schema),
    sample: sampleOf(source),
    known,
    rule,
  };
  for (const check of CHECKS) {
    const clash = check(ask);
    if (clash) return clash;
  }
  return null;
}

interface Question {
  source: Field;
  target: TargetField;
  types: string[];
  sample: Value | undefined;
  known: Map<string, Field>;
  rule: Pick<Rule, "target">;
}

function sampleOf({ sample }: Field): Value | undefined {
  return sample === null ? undefined : sample;
}

function clash(code: string, message: string, ...fixes: [string, Transform][]): Clash {
  return { code, message, fixes: fixes.map(([label, transform]) => ({ label, transform })) };
}

const takesNumber = (types: string[]) => types.includes("number") || types.includes("integer");
const isNumber = ({ type }: Field) => type === "number" || type === "integer";

function listIntoOne({ source, target, types, rule }: Question): Clash | null {
  const isList = source.type === "array" || listsIn(source.path) > listsIn(rule.target);
  if (!isList || target.type === "array" || types.length === 0 || types.includes("array")) return null;
  const isText = types.includes("string") && source.type !== "array";
  const first: [string, Transform] = ["Take the first", { fn: "first" }];
  const joined: [string, Transform] = ["Join as text", { fn: "join", separator: ", " }];
  const message = `“${nameOf(source)}” is a list; this field takes one value.`;
  return isText ? clash("list", message, first, joined) : clash("list", message, first);
}

function groupIntoOne({ source, types }: Question): Clash | null {
  if (source.type !== "object" || types.length === 0 || types.includes("object")) return null;
  return clash("group", `“${nameOf(source)}” is a group of fields; take one of the fields inside it.`);
}

function minorUnits({ source, target, types, known }: Question): Clash | null {
  if (!takesNumber(types) || !isNumber(source)) return null;
  const currency = nearestCurrency(source, known);
  const isMinor = isMinorUnits(source, currency !== undefined);
  if (isMinor && isAmount(target.name, target.title) && !isMinorUnits(asField(target), false)) {
    const transform: Transform = currency
      ? { fn: "minor_to_decimal", currency: currency.path }
      : { fn: "minor_to_decimal", exponent: 2 };
    return clash(
      "minor_units",
      `“${nameOf(source)}” counts the smallest unit of its currency${counted(source)}; this field takes an amount.`,
      ["Cents to amount", transform],
    );
  }
  if (!isMinor && isAmount(source.label, source.title) && isMinorUnits(asField(target), false)) {
    const transform: Transform = currency
      ? { fn: "decimal_to_minor", currency: currency.path }
      : { fn: "decimal_to_minor", exponent: 2 };
    return clash(
      "decimal_units",
      `“${nameOf(source)}” is an amount; this field counts the smallest unit of the currency.`,
      ["Amount to cents", transform],
    );
  }
  return null;
}

function counted({ sample }: Field): string {
  return typeof sample === "number" ? ` (${sample} is ${(sample / 100).toFixed(2)} in cents)` : "";
}

function dates({ source, target, sample, types }: Question): Clash | null {
  const wanted = isDateField(target);
  const unit = momentOf(source, sample);
  if (wanted && unit && !takesNumber(types)) {
    const transform: Transform = { fn: "unix_to_date", format: wanted };
    if (unit === "milliseconds") transform.unit = unit;
    const name = wanted === "date" ? "Unix time to date" : "Unix time to date and time";
    return clash("unix_time", `“${nameOf(source)}” counts ${unit} since 1970; this field takes a date.`, [
      name,
      transform,
    ]);
  }
  if (!wanted || typeof sample !== "string" || sample === "") return null;
  if (wanted === "date" && looksLikeDay(sample)) return null;
  const form = writtenDate(sample);
  if (form === "iso" && wanted === "datetime") return null;
  if (form === null) return null;
  const transform: Transform =
    form === "iso"
      ? { fn: "format_date", format: wanted }
      : { fn: "parse_date", formats: [form], format: wanted };
  return clash("date_form", `“${sample}” is written another way than this field takes dates.`, [
    wanted === "date" ? "Write as a day" : "Write as date and time",
    transform,
  ]);
}

const YES_NO = new Set(["true", "false", "yes", "no", "y", "n", "on", "off", "1", "0"]);

function types({ source, types, sample }: Question): Clash | null {
  if (types.length === 0 || source.type === "any" || source.type === "null") return null;
  const name = nameOf(source);
  if (takesNumber(types) && !types.includes("string") && source.type === "string")
    return clash("text_for_number", `“${name}” is text; this field takes a number.`, [
      "Read as a number",
      { fn: "number" },
    ]);
  if (types.every((type) => type === "string") && (isNumber(source) || source.type === "boolean"))
    return clash("number_for_text", `“${name}” is ${wordOf(source.type)}; this field takes text.`, [
      "Write as text",
      { fn: "to_text" },
    ]);
  if (types.every((type) => type === "boolean") && source.type !== "boolean") {
    const isWord = sample === undefined || YES_NO.has(String(sample).toLowerCase());
    const message = `“${name}” is ${wordOf(source.type)}; this field takes yes or no.`;
    return isWord
      ? clash("word_for_yes_no", message, ["Read yes or no", { fn: "bool" }])
      : clash("yes_no", message);
  }
  if (types.every((type) => type === "integer") && typeof sample === "number" && !Number.isInteger(sample))
    return clash("fraction", `“${name}” has decimals; this field takes a whole number.`, [
      "Round",
      { fn: "round" },
    ]);
  return null;
}

function wordOf(type: string): string {
  return type === "boolean" ? "yes or no" : type === "string" ? "text" : "a number";
}

function choices({ source, target, sample }: Question): Clash | null {
  const allowed = (target.schema.enum ?? []).filter((value) => value !== null);
  if (allowed.length === 0 || sample === undefined || typeof sample === "object") return null;
  if (allowed.includes(sample)) return null;
  const same = allowed.find((value) => String(value).toLowerCase() === String(sample).toLowerCase());
  const values = { [String(sample)]: (same ?? allowed[0]) as Value };
  return clash(
    "choice",
    `“${String(sample)}” is none of ${allowed.slice(0, 6).join(", ")} (${nameOf(source)}).`,
    ["Translate the values", { fn: "enum", values }],
  );
}

function texts({ source, target, sample, types }: Question): Clash | null {
  if (typeof sample !== "string" || !types.includes("string")) return null;
  const isCode = /currenc/i.test(`${target.name} ${target.title}`) && /currenc/i.test(source.label);
  if (isCode && /^[a-z]{3}$/.test(sample))
    return clash("lower_case", `“${sample}” is a currency code in lower case.`, [
      "Upper case",
      { fn: "upper" },
    ]);
  const most = typeof target.schema.maxLength === "number" ? target.schema.maxLength : undefined;
  if (most !== undefined && sample.length > most)
    return clash(
      "too_long",
      `“${sample.slice(0, 24)}…” has ${sample.length} characters; this field takes ${most}.`,
      [`Shorten to ${most}`, { fn: "truncate", length: most }],
    );
  return null;
}

const CHECKS = [listIntoOne, groupIntoOne, minorUnits, dates, choices, types, texts];

export function nameOf(field: Pick<Field, "label" | "title">): string {
  return field.title ?? field.label;
}

function asField(target: TargetField): Field {
  const { path, name, title, type, schema } = target;
  return { path, label: name, title, type, about: schema.description, children: [] };
}

/** Values of a document as people read them: sources, chains of transforms, rules, anything else in short. Pure. */
import type { TransformSpec } from "@/api/types";
import type { Rule, Transform, Value } from "@/document/types";

const LONGEST = 240;

/** A value in words: text without its braces, yes and no, lists with commas. */
export function valueWords(value: Value | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (value === "") return "empty text";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return shortened(bare(value));
  if (Array.isArray(value)) {
    if (value.length === 0) return "an empty list";
    return shortened(value.map((entry) => valueWords(entry)).join(", "));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "nothing";
  return shortened(entries.map(([name, entry]) => `${name}: ${valueWords(entry)}`).join(", "));
}

/** Where a rule takes its value from. */
export function sourceWords(rule: Partial<Rule>): string {
  if (rule.source) return path(rule.source);
  if (rule.sources) return rule.sources.map(path).join(" + ");
  if (rule.expression) return shortened(rule.expression);
  return rule.value === undefined ? "nothing" : `always ${valueWords(rule.value)}`;
}

export function chainWords(chain: Transform[] | undefined, known: TransformSpec[]): string {
  return (chain ?? []).map((step) => transformWords(step, known)).join(", ");
}

function transformWords({ fn, ...rest }: Transform, known: TransformSpec[]): string {
  const title = (known.find((spec) => spec.fn === fn)?.title ?? fn).toLowerCase();
  const said = Object.values(rest)
    .filter((value) => typeof value !== "object")
    .map((value) => valueWords(value));
  return said.length > 0 ? `${title} (${said.map(path).join(", ")})` : title;
}

/** A whole rule on one line. */
export function ruleWords(rule: Rule, known: TransformSpec[]): string {
  const parts = [sourceWords(rule), chainWords(rule.transforms, known)];
  if (rule.default !== undefined) parts.push(`else ${valueWords(rule.default)}`);
  if (rule.when) parts.push(`only when ${rule.when}`);
  return parts.filter(Boolean).join(", ");
}

/** `steps.charge.amount` is `charge.amount`; the trigger's body is the event. */
export function path(text: string): string {
  return text.replace(/^steps\./, "").replace(/^trigger\.body\b/, "event");
}

function bare(text: string): string {
  const only = /^\s*\{\{\s*([^{}]*?)\s*\}\}\s*$/.exec(text);
  return only
    ? path(only[1] ?? "")
    : text.replace(/\{\{\s*(.*?)\s*\}\}/g, (_, inner: string) => `‹${path(inner)}›`);
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

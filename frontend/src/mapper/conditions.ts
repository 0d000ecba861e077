/** "If a field is X then A else B" as an expression, and back; what is written otherwise stays a formula. Pure. */
import type { Value } from "@/document/types";

export type Operator = "is" | "is_not" | "more" | "less" | "has" | "filled" | "empty";

export const OPERATORS: { value: Operator; label: string }[] = [
  { value: "is", label: "is" },
  { value: "is_not", label: "is not" },
  { value: "more", label: "is more than" },
  { value: "less", label: "is less than" },
  { value: "has", label: "contains" },
  { value: "filled", label: "is filled" },
  { value: "empty", label: "is empty" },
];

export interface Test {
  field: string;
  operator: Operator;
  value: Value;
}

/** A fixed value, or the path of a field. */
export type Outcome = { value: Value } | { path: string };

export interface Choice {
  test: Test;
  yes: Outcome;
  no: Outcome;
}

const SIGNS: Partial<Record<Operator, string>> = { is: "==", is_not: "!=", more: ">", less: "<" };

export const needsValue = (operator: Operator) => operator !== "filled" && operator !== "empty";

export function testText({ field, operator, value }: Test): string {
  const path = field.replaceAll("[]", "[0]");
  if (operator === "filled") return path;
  if (operator === "empty") return `not ${path}`;
  if (operator === "has") return `${literal(value)} in ${path}`;
  return `${path} ${SIGNS[operator]} ${literal(value)}`;
}

export function choiceText({ test, yes, no }: Choice): string {
  return `${outcomeText(yes)} if ${testText(test)} else ${outcomeText(no)}`;
}

function outcomeText(outcome: Outcome): string {
  return "path" in outcome ? outcome.path.replaceAll("[]", "[0]") : literal(outcome.value);
}

function literal(value: Value): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return `'${String(value).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

const PATH = String.raw`(?:trigger|steps|item|env)(?:\.\w+|\[\d+\])*|index`;
const LITERAL = String.raw`'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|true|false|none`;
const TESTS: [RegExp, (found: string[]) => Test][] = [
  [
    new RegExp(`^(${PATH}) (==|!=|>|<) (${LITERAL})$`),
    ([field = "", sign, value = ""]) => signed(field, sign, value),
  ],
  [
    new RegExp(`^(${LITERAL}) in (${PATH})$`),
    ([value = "", field = ""]) => ({ field, operator: "has", value: read(value) }),
  ],
  [new RegExp(`^not (${PATH})$`), ([field = ""]) => ({ field, operator: "empty", value: "" })],
  [new RegExp(`^(${PATH})$`), ([field = ""]) => ({ field, operator: "filled", value: "" })],
];

function signed(field: string, sign: string | undefined, value: string): Test {
  const operator = (Object.entries(SIGNS).find(([, own]) => own === sign)?.[0] ?? "is") as Operator;
  return { field, operator, value: read(value) };
}

function read(text: string): Value {
  if (text.startsWith("'")) return text.slice(1, -1).replace(/\\(.)/g, "$1");
  if (text === "none") return null;
  return text === "true" || text === "false" ? text === "true" : Number(text);
}

export function testOf(text: string): Test | null {
  for (const [pattern, make] of TESTS) {
    const found = pattern.exec(text.trim());
    if (found) return make(found.slice(1));
  }
  return null;
}

const WHOLE = new RegExp(`^(${LITERAL}|${PATH}) if (.+) else (${LITERAL}|${PATH})$`);

export function choiceOf(text: string): Choice | null {
  const [, yes = "", between = "", no = ""] = WHOLE.exec(text.trim()) ?? [];
  const test = between ? testOf(between) : null;
  return test && { test, yes: outcomeOf(yes), no: outcomeOf(no) };
}

function outcomeOf(text: string): Outcome {
  return new RegExp(`^(?:${LITERAL})$`).test(text) ? { value: read(text) } : { path: text };
}

/** What a person typed as a value: numbers and yes or no are known as such, all else is text. */
export function typed(text: string): Value {
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
  return text === "true" || text === "false" ? text === "true" : text;
}

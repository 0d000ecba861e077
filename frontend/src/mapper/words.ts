/** A rule in words: "from Fetch the charge › Amount, cents to amount". The text that a line between the trees stands for. Pure. */
import type { TransformSpec } from "@/api/types";
import type { Field } from "@/document/scope";
import type { Rule, Value } from "@/document/types";
import { nameOf } from "./clashes";
import { fieldPath, nameIn, nearest, parentOf } from "./paths";
import { sourceKind, sourcesOf } from "./rules";

/** "Fetch the charge › billing_details › name" of a path, with the names that people know. */
export function pathWords(path: string, known: Map<string, Field>): string {
  const names: string[] = [];
  let at: string | null = fieldPath(path);
  while (at !== null && at !== "steps") {
    const field = known.get(at);
    names.unshift(field ? nameOf(field) : nameIn(at));
    at = parentOf(at);
  }
  const middle = names.length > 3 ? [names[0], "…", ...names.slice(-2)] : names;
  return middle.join(" › ");
}

/** The field's own name, and the step it is of. */
export function shortWords(path: string, known: Map<string, Field>): string {
  const field = known.get(fieldPath(path));
  const root = known.get(nearest(rootOf(path), (at) => known.has(at)) ?? "");
  const own = field ? nameOf(field) : nameIn(path);
  return root && root !== field ? `${nameOf(root)} › ${own}` : own;
}

function rootOf(path: string): string {
  const [scope, step] = path.split(".");
  return scope === "steps" && step
    ? `steps.${step.replace(/\[.*$/, "")}`
    : (scope ?? path).replace(/\[.*$/, "");
}

export function transformTitle(fn: string, specs: TransformSpec[]): string {
  return specs.find((spec) => spec.fn === fn)?.title ?? fn;
}

export function ruleWords(rule: Rule, known: Map<string, Field>, specs: TransformSpec[]): string {
  const kind = sourceKind(rule);
  const chain = (rule.transforms ?? []).map(({ fn }) => transformTitle(fn, specs).toLowerCase());
  const when = rule.when ? [`only when ${rule.when}`] : [];
  return [wayWords(rule, kind, known), ...chain, ...when].join(", ");
}

function wayWords(rule: Rule, kind: string, known: Map<string, Field>): string {
  if (kind === "value") return `fixed ${valueWords(rule.value)}`;
  if (kind === "expression") return `by the formula ${rule.expression}`;
  const names = sourcesOf(rule).map((path) => pathWords(path, known));
  return names.length > 0 ? `from ${names.join(" and ")}` : "no source yet";
}

/** A value as a person would write it; long ones cut. */
export function valueWords(value: Value | undefined, most = 60): string {
  if (value === undefined || value === null) return "nothing";
  if (value === "") return "empty text";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (Array.isArray(value)) {
    const count = `${value.length} ${value.length === 1 ? "item" : "items"}`;
    const first = value.slice(0, 3).map((item) => valueWords(item, 20));
    return value.length === 0 || typeof value[0] === "object"
      ? count
      : `${first.join(", ")}${value.length > 3 ? " …" : ""}`;
  }
  if (typeof value === "object") {
    const count = Object.keys(value).length;
    return `${count} ${count === 1 ? "field" : "fields"}`;
  }
  const text = String(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

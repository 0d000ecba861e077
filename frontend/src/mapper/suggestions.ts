/** Suggestions of the server as rules: what is asked, what can still be accepted, and the chain a candidate stands for. Pure. */
import type { Field } from "@/document/scope";
import type { Rule, Transform } from "@/document/types";
import { clashOf } from "./clashes";
import { paired } from "./drops";
import { covers, withRule } from "./rules";
import type { TargetField } from "./targets";

export interface Candidate {
  source: string[];
  score: number;
  transform: string;
  /** The chain as the suggesting engine would write it, where it can tell. */
  transforms?: Transform[];
  reason: string;
  /** Worth drawing without being asked. */
  selected?: boolean;
}

export interface Suggestion {
  target: string;
  candidates: Candidate[];
}

/** The best candidate for a target that nothing fills yet. */
export interface Offer extends Candidate {
  target: string;
}

export interface SchemaLine {
  path: string;
  type: string;
  description?: string;
  examples?: unknown[];
  enum?: unknown[];
}

export function sourceLines(fields: Field[]): SchemaLine[] {
  return fields.flatMap((field) => {
    if (field.children.length > 0) return sourceLines(field.children);
    // What nobody knows anything about suits nothing.
    if (field.type === "any" || field.type === "object") return [];
    const line: SchemaLine = { path: field.path, type: field.type };
    const description = [field.title, field.about].filter(Boolean).join(": ");
    if (description) line.description = description;
    if (field.sample !== undefined && field.sample !== null) line.examples = [field.sample];
    return [line];
  });
}

export function targetLines(fields: TargetField[]): SchemaLine[] {
  return fields.flatMap((field) => {
    if (field.children.length > 0) return targetLines(field.children);
    const description = [field.title, field.schema.description].filter(Boolean).join(": ");
    const { examples, enum: choices } = field.schema;
    const line: SchemaLine = { path: field.path, type: field.type, description };
    if (examples) line.examples = examples;
    if (choices) line.enum = choices;
    return [line];
  });
}

export function offersOf(
  suggestions: Suggestion[],
  rules: Rule[],
  rejected: ReadonlySet<string>,
  targets: Map<string, TargetField>,
  known: Map<string, Field>,
): Offer[] {
  return suggestions.flatMap(({ target, candidates }) => {
    if (!targets.has(target) || isFilled(rules, target)) return [];
    const best = candidates.find(
      (candidate) =>
        candidate.source.length > 0 &&
        candidate.selected !== false &&
        candidate.source.every((path) => known.has(path)) &&
        !rejected.has(offerKey({ ...candidate, target })),
    );
    return best ? [{ ...best, target }] : [];
  });
}

function isFilled(rules: Rule[], target: string): boolean {
  const isWhole = rules.some(
    (rule) => target.startsWith(`${rule.target}.`) || target.startsWith(`${rule.target}[].`),
  );
  return isWhole || covers(rules, target);
}

export function offerKey({ target, source }: Pick<Offer, "target" | "source">): string {
  return `${target} ← ${source.join(" ")}`;
}

/** The rules with the offers accepted, all at once. */
export function accepted(
  rules: Rule[],
  offers: Offer[],
  targets: Map<string, TargetField>,
  known: Map<string, Field>,
): Rule[] {
  let next = rules;
  for (const offer of offers) {
    const target = targets.get(offer.target);
    const source = known.get(offer.source[0] ?? "");
    if (!target || !source) continue;
    // What fills a holder as a whole gives way to its parts, as when a person maps them.
    next = withRule(paired(next, [{ source, target }]), ruleOf(offer, target, source, known));
  }
  return next;
}

export function ruleOf(offer: Offer, target: TargetField, source: Field, known: Map<string, Field>): Rule {
  const [first = ""] = offer.source;
  if (offer.transform === "calc" && offer.source.length > 1)
    return { target: target.path, expression: offer.source.map(asOne).join(" * ") };
  const chain = chainOf(offer, target, source, known);
  const rule: Rule =
    offer.source.length > 1
      ? { target: target.path, sources: offer.source }
      : { target: target.path, source: first };
  return chain.length > 0 ? { ...rule, transforms: chain } : rule;
}

const asOne = (path: string) => path.replaceAll("[]", "[0]");

function chainOf(offer: Offer, target: TargetField, source: Field, known: Map<string, Field>): Transform[] {
  const given = offer.transforms ?? [];
  if (offer.source.length > 1) return given.length > 0 ? given : [{ fn: "concat", separator: " " }];
  const clash = clashOf(source, target, { target: target.path }, known);
  const fix = clash?.fixes[0]?.transform;
  // What mends the clash knows the flow: which field holds the currency of the amount.
  if (given.length > 0) return given.map((transform) => (transform.fn === fix?.fn ? fix : transform));
  switch (offer.transform) {
    case "split":
      return [{ fn: "split", separator: " ", index: /last|sur|family/i.test(target.name) ? -1 : 0 }];
    case "first":
      return [{ fn: "first" }];
    case "date":
      return [fix ?? { fn: "format_date", format: "date" }];
    case "bool":
      return [fix ?? { fn: "bool" }];
    default:
      return fix ? [fix] : [];
  }
}

/** Reads and writes the rules of a map step: where a value comes from, edits that keep the rest of a rule. Pure. */
import type { FlowNode, Rule, Transform, Value } from "@/document/types";
import { fieldPath, isInside } from "./paths";

export type SourceKind = "source" | "sources" | "value" | "expression";

export function rulesOf(node: FlowNode): Rule[] {
  return Array.isArray(node.params.rules) ? (node.params.rules as unknown as Rule[]) : [];
}

export function sourceKind(rule: Rule): SourceKind {
  if (rule.expression !== undefined) return "expression";
  if (rule.sources !== undefined) return "sources";
  return rule.value !== undefined && rule.source === undefined ? "value" : "source";
}

/** The paths that the rule reads its value from. */
export function sourcesOf(rule: Rule): string[] {
  if (rule.sources) return rule.sources;
  return rule.source ? [rule.source] : [];
}

const PATH = /\b(?:trigger|steps|item|env)(?:\.[A-Za-z_]\w*|\[\d*\])+/g;

/** The fields that a formula mentions. */
export function mentioned(expression: string): string[] {
  const bare = expression.replace(/'[^']*'|"[^"]*"/g, "''");
  return [...new Set(bare.match(PATH) ?? [])];
}

/** The rule without any way to a value; what it keeps is what a person said about the target. */
function bare(rule: Rule): Rule {
  const { source: _s, sources: _m, value: _v, expression: _e, ...rest } = rule;
  return rest;
}

export const fromField = (rule: Rule, source: string): Rule => ({ ...bare(rule), source });
export const fromValue = (rule: Rule, value: Value): Rule => ({ ...bare(rule), value });
export const fromFormula = (rule: Rule, expression: string): Rule => ({ ...bare(rule), expression });

/** The rule fed by several fields; one alone is an ordinary source, none leaves it without a way. */
export function fromFields(rule: Rule, sources: string[]): Rule {
  const [first] = sources;
  if (sources.length > 1) return { ...bare(rule), sources };
  return first === undefined ? bare(rule) : { ...bare(rule), source: first };
}

const JOIN: Transform = { fn: "concat", separator: " " };

/** The rule with one more field; two or more are joined with a space until told otherwise. */
export function joinedWith(rule: Rule, source: string): Rule {
  const sources = [...sourcesOf(rule), source];
  const chain = rule.transforms ?? [];
  const isJoined = chain.some(({ fn }) => fn === "concat");
  const joined = fromFields(rule, sources);
  return sources.length < 2 || isJoined ? joined : { ...joined, transforms: [JOIN, ...chain] };
}

export function withChain(rule: Rule, chain: Transform[]): Rule {
  const { transforms: _, ...rest } = rule;
  return chain.length > 0 ? { ...rest, transforms: chain } : rest;
}

/** The rule with a key set, or without it when there is nothing to say. */
export function withKey<K extends keyof Rule>(rule: Rule, key: K, value: Rule[K] | undefined): Rule {
  const { [key]: _, ...rest } = rule;
  return (value === undefined || value === "" ? rest : { ...rest, [key]: value }) as Rule;
}

/** Rules with one more for the target: it takes the place of what filled it, and of what filled parts of it. */
export function withRule(rules: Rule[], rule: Rule): Rule[] {
  const at = rules.findIndex(({ target }) => target === rule.target);
  const kept = rules.filter(({ target }) => target !== rule.target && !isInside(target, rule.target));
  if (at < 0) return [...kept, rule];
  const before = rules
    .slice(0, at)
    .filter(({ target }) => target !== rule.target && !isInside(target, rule.target));
  return [...before, rule, ...kept.slice(before.length)];
}

/** Whether a rule fills the target itself, or a part of it. */
export function covers(rules: Rule[], target: string): boolean {
  return rules.some(({ target: own }) => own === target || isInside(own, target));
}

/** The places of the rules that fill each field; more than one where each has its condition. */
export function placesOf(rules: Rule[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  rules.forEach((rule, at) => {
    const path = fieldPath(rule.target);
    found.set(path, [...(found.get(path) ?? []), at]);
  });
  return found;
}

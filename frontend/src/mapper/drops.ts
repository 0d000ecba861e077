/** What dropping a source on a target may mean: one field, several joined, a list's or a group's fields by name. Pure. */
import type { Field } from "@/document/scope";
import type { Rule } from "@/document/types";
import { fromField, joinedWith, sourceKind, withRule } from "./rules";
import type { TargetField } from "./targets";

export interface Pair {
  source: Field;
  target: TargetField;
}

export type Drop =
  /** Nothing stands in the way: the field is mapped at once. */
  | { kind: "map" }
  /** The target is filled already: replace, or join with what is there. */
  | { kind: "filled"; canJoin: boolean }
  /** Both hold fields: those of equal names can be mapped. */
  | { kind: "group"; pairs: Pair[] };

export function dropOf(source: Field, target: TargetField, rules: Rule[]): Drop {
  if (source.children.length > 0 && target.children.length > 0)
    return { kind: "group", pairs: pairsIn(source, target) };
  const rule = rules.find((candidate) => candidate.target === target.path);
  if (!rule) return { kind: "map" };
  const kind = sourceKind(rule);
  return { kind: "filled", canJoin: kind === "source" || kind === "sources" };
}

export function mapped(rules: Rule[], source: string, target: string): Rule[] {
  const old = rules.find((rule) => rule.target === target && rule.when === undefined);
  const kept = old ? { ...old } : { target };
  const { transforms: _, ...rest } = kept as Rule;
  return withRule(rules, fromField(rest, source));
}

export function joined(rules: Rule[], source: string, target: string): Rule[] {
  const old = rules.find((rule) => rule.target === target);
  return withRule(rules, joinedWith(old ?? { target }, source));
}

/** The rules with a rule for every pair; whatever fills the holders as a whole gives way. */
export function paired(rules: Rule[], pairs: Pair[]): Rule[] {
  let next = rules;
  for (const { source, target } of pairs) {
    const holders = next.filter(
      (rule) => target.path.startsWith(`${rule.target}.`) || target.path.startsWith(`${rule.target}[].`),
    );
    next = next.filter((rule) => !holders.includes(rule));
    next = withRule(next, fromField({ target: target.path }, source.path));
  }
  return next;
}

/** Fields inside two holders that are called alike, each source and target at most once. */
export function pairsIn(source: Field, target: TargetField): Pair[] {
  const sources = leavesOf(source);
  const taken = new Set<Field>();
  const pairs: Pair[] = [];
  for (const wanted of leavesOf(target)) {
    const best = sources
      .filter((field) => !taken.has(field))
      .map((field) => ({ field, score: alike(field, wanted) }))
      .sort((a, b) => b.score - a.score)[0];
    if (!best || best.score < 1) continue;
    taken.add(best.field);
    pairs.push({ source: best.field, target: wanted });
  }
  return pairs;
}

function leavesOf<T extends { children: T[] }>(holder: T): T[] {
  return holder.children.flatMap((child) => (child.children.length > 0 ? leavesOf(child) : [child]));
}

const ABBREVIATED: Record<string, string> = {
  num: "number",
  qty: "quantity",
  desc: "description",
  amt: "amount",
  addr: "address",
  zip: "postalcode",
  email: "email",
  tel: "phone",
};

/** A name as its words: `SellingQuantity`, `selling_quantity` and `Selling quantity` are the same. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/e-mail/g, "email")
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .map((word) => ABBREVIATED[word] ?? word);
}

/** 2 for equal names, 1.5 where a name equals a title, 1 where one's words are all in the other's name; else 0. */
function alike(source: Field, target: TargetField): number {
  const own = [source.label, source.title ?? ""].map((name) => wordsOf(name).join(""));
  const theirs = [target.name, target.title].map((name) => wordsOf(name).join(""));
  if (own[0] === theirs[0]) return 2;
  if (own.some((name) => name !== "" && theirs.includes(name))) return 1.5;
  const words = new Set(wordsOf(target.name));
  const mine = wordsOf(source.label);
  const isPart = mine.length > 0 && mine.every((word) => words.has(word)) && mine.join("").length > 3;
  return isPart ? 1 : 0;
}

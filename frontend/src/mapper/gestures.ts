/** What a person can do in the mapper, as one command each and with the words that announce it. */
import type { Rule } from "@/document/types";
import type { Fix } from "./clashes";
import { dropOf, joined, mapped, type Pair, paired } from "./drops";
import { fieldPath } from "./paths";
import { fromFields, sourcesOf, withChain } from "./rules";
import type { MapperValue } from "./sheet";
import { accepted, type Offer } from "./suggestions";
import { shortWords } from "./words";

function titleAt(mapper: MapperValue, target: string): string {
  return mapper.wanted.get(fieldPath(target))?.title ?? target;
}

/** A source lands on a target: mapped at once, or the panel asks what is meant. */
export function drop(mapper: MapperValue, source: string, target: string): void {
  const from = mapper.known.get(fieldPath(source));
  const to = mapper.wanted.get(fieldPath(target));
  mapper.store.getState().set({ armed: null, drag: null });
  if (!mapper.editable || !from || !to) return;
  const meaning = dropOf(from, to, mapper.rules);
  if (meaning.kind === "map") {
    map(mapper, source, target);
    return;
  }
  mapper.store.getState().set({ ask: { source, target } });
  mapper.say(
    meaning.kind === "group"
      ? `${meaning.pairs.length} fields of ${shortWords(source, mapper.known)} are called as in ${to.title}. Choose which to map.`
      : `${to.title} is filled already. Choose whether to replace it or to join both.`,
  );
}

export function map(mapper: MapperValue, source: string, target: string): void {
  mapper.write(mapped(mapper.rules, source, target), "map a field");
  mapper.store.getState().set({ ask: null, chosen: target });
  mapper.say(`${titleAt(mapper, target)} is filled from ${shortWords(source, mapper.known)}.`);
}

export function join(mapper: MapperValue, source: string, target: string): void {
  mapper.write(joined(mapper.rules, source, target), "join fields");
  mapper.store.getState().set({ ask: null, chosen: target });
  mapper.say(`${shortWords(source, mapper.known)} is joined into ${titleAt(mapper, target)}.`);
}

export function mapPairs(mapper: MapperValue, pairs: Pair[]): void {
  mapper.write(paired(mapper.rules, pairs), `map ${pairs.length} fields`);
  mapper.store.getState().set({ ask: null });
  mapper.say(`${pairs.length} ${pairs.length === 1 ? "field is" : "fields are"} mapped.`);
}

/** One end of a line is carried to another field. */
export function moveEnd(
  mapper: MapperValue,
  carried: { rule: number; source: string; end: "source" | "target" },
  to: string,
): void {
  const rule = mapper.rules[carried.rule];
  if (!rule || !mapper.editable) return;
  if (carried.end === "target") {
    if (to === rule.target) return;
    const others = mapper.rules.filter((other) => other !== rule && other.target !== to);
    mapper.write([...others, { ...rule, target: to }], "move a line");
    mapper.store.getState().set({ chosen: to });
    mapper.say(`${titleAt(mapper, to)} is filled instead of ${titleAt(mapper, rule.target)}.`);
    return;
  }
  const sources = sourcesOf(rule).map((path) => (path === carried.source ? to : path));
  put(mapper, carried.rule, fromFields(rule, sources), "move a line");
  mapper.say(`${titleAt(mapper, rule.target)} is filled from ${shortWords(to, mapper.known)}.`);
}

export function put(
  mapper: MapperValue,
  at: number,
  rule: Rule,
  label = "edit a rule",
  field?: string,
): void {
  const next = mapper.rules.map((old, index) => (index === at ? rule : old));
  mapper.write(next, label, field && `${at}/${field}`);
}

export function unmap(mapper: MapperValue, target: string): void {
  const next = mapper.rules.filter((rule) => fieldPath(rule.target) !== target);
  if (next.length === mapper.rules.length) return;
  mapper.write(next, "remove a rule");
  mapper.say(`${titleAt(mapper, target)} is no longer filled.`);
}

export function mend(mapper: MapperValue, target: string, fix: Fix): void {
  const at = mapper.rules.findIndex((rule) => fieldPath(rule.target) === target);
  const rule = mapper.rules[at];
  if (!rule) return;
  put(mapper, at, withChain(rule, [...(rule.transforms ?? []), fix.transform]), fix.label);
  mapper.say(`${titleAt(mapper, target)}: ${fix.label}.`);
}

export function accept(mapper: MapperValue, offers: Offer[]): void {
  if (offers.length === 0) return;
  const label = offers.length === 1 ? "accept a suggestion" : `accept ${offers.length} suggestions`;
  mapper.write(accepted(mapper.rules, offers, mapper.wanted, mapper.known), label);
  mapper.say(`${offers.length} ${offers.length === 1 ? "suggestion is" : "suggestions are"} accepted.`);
}

/** To the next field that must be filled, after the chosen one. */
export function nextMissing(mapper: MapperValue): string | null {
  const paths = mapper.missing.map(({ path }) => path);
  const at = paths.indexOf(mapper.store.getState().chosen ?? "");
  const next = paths[(at + 1) % Math.max(1, paths.length)] ?? null;
  if (next) {
    mapper.store.getState().set({ chosen: next, ask: null });
    mapper.say(`${titleAt(mapper, next)} is required and not filled. ${paths.length} left.`);
  } else mapper.say("Every required field is filled.");
  return next;
}

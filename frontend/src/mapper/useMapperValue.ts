/** Brings together what the mapper knows of its step: rules, both trees, what is missing, the preview, suggestions. */
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { useChangeNode, useDocument, useEditor } from "@/canvas/editor";
import type { Field } from "@/document/scope";
import type { FlowNode, Params, Rule } from "@/document/types";
import { useScope } from "@/inspector/scope";
import { usePreview } from "@/preview/usePreview";
import { type Clash, clashOf } from "./clashes";
import { fieldPath } from "./paths";
import { placesOf, rulesOf, sourcesOf } from "./rules";
import { createSheetStore, type MapperValue } from "./sheet";
import { offersOf } from "./suggestions";
import { consumerOf, indexOf, missingIn, type TargetField, targetTree } from "./targets";
import { useSuggestions } from "./useSuggestions";
import { outcomesOf, withValues } from "./values";

export function useMapperValue(node: FlowNode, say: (words: string) => void): MapperValue {
  const { knowledge, editable, kinds } = useEditor();
  const document = useDocument();
  const change = useChangeNode(node.id);
  const scope = useScope(node.id);
  const [store] = useState(() => createSheetStore());
  const added = useStore(store, (state) => state.added);
  const rejected = useStore(store, (state) => state.rejected);
  const { answer, isBehind } = usePreview(node.id);
  const rules = useMemo(() => rulesOf(node), [node]);
  const places = useMemo(() => placesOf(rules), [rules]);
  const consumer = useMemo(() => consumerOf(document, node.id, knowledge), [document, node.id, knowledge]);
  const schema = consumer?.input;
  const names = [...rules.map(({ target }) => target), ...added].filter(Boolean).join("\n");
  const targets = useMemo(() => targetTree(schema, names.split("\n").filter(Boolean)), [schema, names]);
  const wanted = useMemo(() => indexOf(targets), [targets]);
  const fields = useMemo(() => withValues(scope, answer?.scope), [scope, answer?.scope]);
  const known = useMemo(() => indexOf(fields), [fields]);
  const missing = useMemo(() => missingIn(targets, rules, schema), [targets, rules, schema]);
  const clashes = useMemo(() => clashesOf(rules, wanted, known), [rules, wanted, known]);
  const outcomes = useMemo(() => outcomesOf(rules, answer), [rules, answer]);
  const suggestions = useSuggestions(node, consumer, fields, targets);
  const offers = useMemo(
    () => offersOf(suggestions, rules, rejected, wanted, known),
    [suggestions, rules, rejected, wanted, known],
  );
  const write = (next: Rule[], label: string, field?: string) => {
    if (!editable) return;
    const put = (old: FlowNode) => ({
      ...old,
      params: { ...old.params, rules: next as unknown as Params[] },
    });
    change(put, label, field && `rules/${field}`);
  };
  return {
    node,
    editable,
    rules,
    places,
    specs: kinds.transforms,
    fields,
    known,
    consumer,
    schema,
    targets,
    wanted,
    missing,
    clashes,
    answer,
    isAsking: isBehind,
    outcomes,
    offers,
    store,
    write,
    say,
  };
}

/** What does not suit, by target; the first source that does not. */
export function clashesOf(
  rules: Rule[],
  wanted: Map<string, TargetField>,
  known: Map<string, Field>,
): Map<string, Clash> {
  const found = new Map<string, Clash>();
  for (const rule of rules) {
    const target = wanted.get(fieldPath(rule.target));
    if (!target || found.has(fieldPath(rule.target))) continue;
    for (const path of sourcesOf(rule)) {
      const source = known.get(fieldPath(path));
      const clash = source && clashOf({ ...source, path }, target, rule, known);
      if (clash) found.set(fieldPath(rule.target), clash);
    }
  }
  return found;
}

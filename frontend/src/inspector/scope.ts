/** What the chosen step may read, for pickers and completion, with the samples of the flow. */
import { useMemo } from "react";
import { useDocument, useEditor } from "@/canvas/editor";
import { type Field, type Samples, scopeOf } from "@/document/scope";
import type { Value } from "@/document/types";
import { useStepPreview } from "@/preview/live";
import { useSamples } from "@/preview/usePreview";
import type { Completion } from "@/ui/CodeEditor";

export function useScope(nodeId: string): Field[] {
  const { knowledge } = useEditor();
  const document = useDocument();
  const { byStep } = useSamples();
  const seen = useStepPreview()?.answer?.scope;
  return useMemo(() => {
    const stored = Object.fromEntries([...byStep].map(([step, { value }]) => [step, value as Value]));
    const samples: Samples = {
      trigger: seen?.trigger as Value | undefined,
      steps: { ...stored, ...(seen?.steps as Samples["steps"]) },
      item: seen?.item as Value | undefined,
      index: seen?.index,
    };
    return scopeOf(document, nodeId, knowledge, samples);
  }, [document, nodeId, knowledge, byStep, seen]);
}

export function completionsOf(fields: Field[]): Completion[] {
  return fields.flatMap((field) => [
    {
      path: field.path,
      title: field.label,
      type: wordOf(field.type),
      description: field.description,
      origin: field.origin,
      value: field.sample,
      sample: field.children.length > 0 ? undefined : short(field.sample),
    },
    ...completionsOf(field.children),
  ]);
}

const WORDS: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "yes or no",
  array: "list",
  object: "object",
  null: "nothing",
  any: "",
};

/** What a person calls a type of JSON. */
export const wordOf = (type: string): string => WORDS[type] ?? type;

export function short(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}

export const isTemplate = (value: unknown): value is string =>
  typeof value === "string" && value.includes("{{");

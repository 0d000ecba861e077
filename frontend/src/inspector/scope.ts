/** What the chosen step may read, for pickers and completion. */
import { useMemo } from "react";
import { useDocument, useEditor } from "@/canvas/editor";
import { type Field, scopeOf } from "@/document/scope";
import type { Value } from "@/document/types";

export function useScope(nodeId: string): Field[] {
  const { knowledge } = useEditor();
  const document = useDocument();
  return useMemo(() => scopeOf(document, nodeId, knowledge), [document, nodeId, knowledge]);
}

export function completionsOf(fields: Field[]): { path: string; sample?: string }[] {
  return fields.flatMap((field) => [
    { path: field.path, sample: field.children.length > 0 ? undefined : short(field.sample) },
    ...completionsOf(field.children),
  ]);
}

export function short(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}

export const isTemplate = (value: unknown): value is string =>
  typeof value === "string" && value.includes("{{");

/** What a code field of a step needs: completion of what may be read, help of functions, and what is wrong in its text. */
import { useMemo } from "react";
import { useEditor } from "@/canvas/editor";
import type { Evaluated } from "@/preview/usePreview";
import type { CodeOptions, Mark } from "@/ui/CodeEditor";
import { completionsOf, useScope } from "./scope";

export function useCode(
  nodeId: string,
  live: Evaluated | undefined,
): Pick<CodeOptions, "completions" | "functions" | "marks"> {
  const fields = useScope(nodeId);
  const { kinds } = useEditor();
  const completions = useMemo(() => completionsOf(fields), [fields]);
  const marks = useMemo(() => marksOf(live), [live]);
  return { completions, functions: kinds.functions, marks };
}

/** The places of a text to underline. */
export function marksOf(live: Evaluated | undefined): Mark[] {
  const { error } = live ?? {};
  if (error) {
    const { from, to } = error.detail ?? {};
    const message = [error.message, error.hint].filter(Boolean).join(" ");
    return from === undefined || to === undefined ? [] : [{ from, to, message, severity: "error" }];
  }
  return (live?.notes ?? []).map(({ from, to, message }) => ({ from, to, message, severity: "warning" }));
}

/** Tidying the layout: one entry of history, and the cards glide to their new places in less than a fifth of a second. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useCallback, useContext } from "react";
import { columnsFor, tidy } from "@/document/layout";
import { EditorContext } from "./editor";

const GLIDE_MS = 160;

export function useTidy(): () => void {
  const flow = useReactFlow();
  const size = useStoreApi();
  const editor = useContext(EditorContext);
  return useCallback(() => {
    if (!editor) return;
    const { document, run } = editor.store.getState();
    const { width, height, domNode } = size.getState();
    domNode?.setAttribute("data-gliding", "");
    run({ type: "move", positions: tidy(document, columnsFor(document, width, height)) }, "tidy the layout");
    editor.view.getState().say("The layout is tidy");
    setTimeout(() => void flow.fitView({ duration: GLIDE_MS, padding: 0.12, maxZoom: 1 }), 30);
    setTimeout(() => domNode?.removeAttribute("data-gliding"), GLIDE_MS + 30);
  }, [editor, flow, size]);
}

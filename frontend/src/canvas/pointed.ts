/** Where the pointer is on the canvas, so that what is pasted appears under it; nothing while it is elsewhere. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { PasteTarget } from "./clipboard";
import { type FrameNode, frameAt } from "./graph";

export function usePointed(frames: RefObject<FrameNode[]>): () => PasteTarget {
  const flow = useReactFlow();
  const canvas = useStoreApi();
  const last = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    const follow = (event: PointerEvent) => {
      const isOver = canvas.getState().domNode?.contains(event.target as Node);
      last.current = isOver ? { x: event.clientX, y: event.clientY } : null;
    };
    // Who goes on with the keyboard does not mean the place where the pointer was left lying.
    const forget = (event: KeyboardEvent) => {
      if (event.key.startsWith("Arrow") || event.key === "Tab") last.current = null;
    };
    window.addEventListener("pointermove", follow, { passive: true });
    window.addEventListener("keydown", forget);
    return () => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("keydown", forget);
    };
  }, [canvas]);
  return useCallback(() => {
    if (!last.current) return {};
    const at = flow.screenToFlowPosition(last.current);
    return { at, parent: frameAt(frames.current, at) };
  }, [flow, frames]);
}

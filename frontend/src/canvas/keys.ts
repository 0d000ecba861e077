/** The keys of the canvas. Everything a mouse can do to the flow can be done with these. */
import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { isTyping } from "@/app/KeysHelp";
import { type Clipping, clip, paste } from "@/document/clipping";
import { removeSelection, withChildren } from "@/document/edits";
import { placesOf, tidy } from "@/document/layout";
import type { FlowDocument, Point } from "@/document/types";
import { tell } from "@/ui/notify";
import { CONNECT_FIELD, type EditorValue, useEditor } from "./editor";
import { edgeId } from "./graph";

const CLIP_KEY = "ipaas.clipping";
const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export function useCanvasKeys(): void {
  const editor = useEditor();
  const flow = useReactFlow();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.altKey || event.defaultPrevented) return;
      const done = event.ctrlKey || event.metaKey ? withControl(event, editor) : plain(event, editor, flow);
      if (done) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [editor, flow]);
}

function withControl(event: KeyboardEvent, editor: EditorValue): boolean {
  const { store, view, editable } = editor;
  const key = event.key.toLowerCase();
  const { document } = store.getState();
  const chosen = view.getState().nodes;
  if (key === "a") {
    view.getState().select(document.nodes.map(({ id }) => id));
    return true;
  }
  if (key === "c" && chosen.length > 0) {
    remember(clip(document, chosen));
    return true;
  }
  if (!editable) return false;
  if (key === "z") return undoOrRedo(editor, event.shiftKey);
  if (key === "y") return undoOrRedo(editor, true);
  if (key === "x" && chosen.length > 0) {
    remember(clip(document, chosen));
    remove(editor);
    return true;
  }
  if (key === "d" && chosen.length > 0) {
    pasteInto(editor, clip(document, chosen));
    return true;
  }
  if (key === "v") {
    const kept = recall();
    if (kept) pasteInto(editor, kept);
    return kept !== null;
  }
  return false;
}

export function undoOrRedo(editor: EditorValue, isRedo: boolean): boolean {
  const state = editor.store.getState();
  const label = isRedo ? state.redo() : state.undo();
  if (label === null) tell(isRedo ? "There is nothing to redo." : "There is nothing to undo.");
  return true;
}

export function remove(editor: EditorValue): void {
  const { nodes, edges } = editor.view.getState();
  const { document, run } = editor.store.getState();
  const cut = document.edges.filter((edge) => edges.includes(edgeId(edge)));
  if (nodes.length === 0 && cut.length === 0) return;
  run(removeSelection(document, nodes, cut), nodes.length > 0 ? "remove steps" : "remove connection");
  editor.view.getState().select([]);
}

function pasteInto(editor: EditorValue, clipping: Clipping): void {
  const { document, run } = editor.store.getState();
  const { command, ids } = paste(document, clipping, { x: 40, y: 56 });
  if (ids.length === 0) return;
  run(command, "paste");
  editor.view.getState().select(ids);
}

function remember(clipping: Clipping): void {
  const text = JSON.stringify(clipping);
  sessionStorage.setItem(CLIP_KEY, text);
  void navigator.clipboard?.writeText(text).catch(() => {});
}
function recall(): Clipping | null {
  const text = sessionStorage.getItem(CLIP_KEY);
  return text ? (JSON.parse(text) as Clipping) : null;
}

function plain(event: KeyboardEvent, editor: EditorValue, flow: ReturnType<typeof useReactFlow>): boolean {
  const { store, view, editable } = editor;
  const { document, run } = store.getState();
  const chosen = view.getState().nodes;
  const one = chosen.length === 1 ? chosen[0] : undefined;
  const arrow = ARROWS[event.key];
  if (arrow && event.shiftKey && editable && chosen.length > 0) {
    const places = placesOf(document);
    const moved = [...withChildren(document, chosen)].map((id) => {
      const place = places[id] ?? { x: 0, y: 0 };
      return [id, { x: place.x + arrow.x * 16, y: place.y + arrow.y * 16 }];
    });
    run({ type: "move", positions: Object.fromEntries(moved) }, "move", `keys:${chosen.join()}`);
    return true;
  }
  if (arrow) return walk(editor, document, one, arrow);
  switch (event.key) {
    case "Delete":
    case "Backspace":
      if (editable) remove(editor);
      return editable;
    case "Escape":
      view.getState().select([]);
      return true;
    case "Enter":
      if (one) view.getState().focusField(one, "");
      return Boolean(one);
    case "a":
      if (editable) openAdd(editor, one, flow);
      return editable;
    case "c":
      if (editable && one) view.getState().focusField(one, CONNECT_FIELD);
      return editable && Boolean(one);
    case "m":
      if (document.nodes.some(({ id, kind }) => id === one && kind === "map")) {
        view.getState().openMapper(one ?? null);
        return true;
      }
      return false;
    case "t":
      if (editable) run({ type: "move", positions: tidy(document) }, "tidy");
      return editable;
    case "f":
      void flow.fitView({ duration: 150, padding: 0.12, maxZoom: 1 });
      return true;
    default:
      return false;
  }
}

/** Choose the nearest step in the direction; the first one when nothing is chosen. */
function walk(editor: EditorValue, document: FlowDocument, from: string | undefined, arrow: Point): boolean {
  const places = placesOf(document);
  const here = from ? places[from] : undefined;
  if (!here) {
    const first = document.nodes[0];
    if (first) editor.view.getState().select([first.id]);
    return Boolean(first);
  }
  const ahead = Object.entries(places)
    .map(([id, place]) => {
      const along = (place.x - here.x) * arrow.x + (place.y - here.y) * arrow.y;
      const across = Math.abs((place.x - here.x) * arrow.y) + Math.abs((place.y - here.y) * arrow.x);
      return { id, along, cost: along + across * 2 };
    })
    .filter(({ id, along }) => along > 8 && id !== from && document.nodes.some((node) => node.id === id))
    .sort((a, b) => a.cost - b.cost)[0];
  if (ahead) {
    editor.view.getState().select([ahead.id]);
    globalThis.document.querySelector<HTMLElement>(`.react-flow__node[data-id="${ahead.id}"]`)?.focus();
  }
  return true;
}

function openAdd(editor: EditorValue, from: string | undefined, flow: ReturnType<typeof useReactFlow>): void {
  const places = placesOf(editor.store.getState().document);
  const place = from ? places[from] : undefined;
  const at = place
    ? flow.flowToScreenPosition({ x: place.x + 316, y: place.y + 32 })
    : { x: window.innerWidth / 2, y: window.innerHeight / 3 };
  editor.view.getState().openQuickAdd({ at, from: from ? { node: from, port: null } : undefined });
}

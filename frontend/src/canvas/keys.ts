/** The keys of the canvas. Everything a mouse can do to the flow can be done with these. */
import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { isTyping } from "@/app/KeysHelp";
import { withChildren } from "@/document/edits";
import { placesOf } from "@/document/layout";
import type { FlowDocument, Point } from "@/document/types";
import { duplicate, nameOf, remove, undoOrRedo, wrap, writeNote } from "./actions";
import { CONNECT_FIELD, type EditorValue, useEditor } from "./editor";
import { useTidy } from "./tidying";

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
type Flow = ReturnType<typeof useReactFlow>;

export function useCanvasKeys(): void {
  const editor = useEditor();
  const flow = useReactFlow();
  const tidy = useTidy();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const isControl = event.ctrlKey || event.metaKey;
      if (isControl && event.key.toLowerCase() === "f" && !isInDialog(event.target)) {
        editor.view.getState().find(true);
        return event.preventDefault();
      }
      if (isTyping(event.target)) return;
      const done = isControl ? withControl(event, editor) : plain(event, editor, flow, tidy);
      if (done) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [editor, flow, tidy]);
}

function isInDialog(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest?.("[role=dialog]"));
}

/** Enter on a button presses it, whatever is chosen on the canvas. */
function isButton(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest?.("button, a, [role=tab], [role=menu]"));
}

/** Copy, cut and paste are the browser's own events. */
function withControl(event: KeyboardEvent, editor: EditorValue): boolean {
  const { store, view, editable } = editor;
  const key = event.key.toLowerCase();
  const { document } = store.getState();
  const { nodes, notes } = view.getState();
  if (key === "a") {
    view.getState().select(
      document.nodes.map(({ id }) => id),
      [],
      (document.notes ?? []).map(({ id }) => id),
    );
    return true;
  }
  if (!editable) return false;
  if (key === "z") return undoOrRedo(editor, event.shiftKey);
  if (key === "y") return undoOrRedo(editor, true);
  if (key === "d" && nodes.length + notes.length > 0) {
    duplicate(editor);
    return true;
  }
  if (key === "g" && nodes.length > 0) {
    wrap(editor);
    return true;
  }
  return false;
}

function plain(event: KeyboardEvent, editor: EditorValue, flow: Flow, tidy: () => void): boolean {
  const { view, editable } = editor;
  const { nodes: chosen, side, notes } = view.getState();
  const one = chosen.length === 1 ? chosen[0] : undefined;
  const arrow = ARROWS[event.key];
  if (arrow) return onArrow(event, editor, one, arrow);
  switch (event.key) {
    case "Delete":
    case "Backspace":
      if (editable) remove(editor);
      return editable;
    case "Escape":
      view.getState().select([]);
      return true;
    case "Enter":
      if (isButton(event.target)) return false;
      if (one) view.getState().focusField(one, "");
      else if (notes[0]) noteBox(notes[0])?.focus();
      return Boolean(one ?? notes[0]);
    case "ContextMenu":
      return openMenu(editor, flow, one);
    case "F10":
      return event.shiftKey && openMenu(editor, flow, one);
    case "o":
      view.getState().showSide(side === "outline" ? "palette" : "outline");
      return true;
    case "f":
      void flow.fitView({ duration: 150, padding: 0.12, maxZoom: 1 });
      return true;
    default:
      return editable && onEditingKey(event.key, editor, flow, one, tidy);
  }
}

function onEditingKey(
  key: string,
  editor: EditorValue,
  flow: Flow,
  one: string | undefined,
  tidy: () => void,
) {
  const { store, view } = editor;
  switch (key) {
    case "a":
      openAdd(editor, one, flow);
      return true;
    case "c":
      if (one) view.getState().focusField(one, CONNECT_FIELD);
      return Boolean(one);
    case "n": {
      const places = placesOf(store.getState().document);
      const above = one ? places[one] : undefined;
      const centre = flow.screenToFlowPosition({ x: window.innerWidth / 2 - 120, y: window.innerHeight / 2 });
      writeNote(editor, above ? { x: above.x, y: above.y - 144 } : centre);
      return true;
    }
    case "m":
      return openMapper(editor, one);
    case "t":
      tidy();
      return true;
    default:
      return false;
  }
}

function openMapper({ store, view }: EditorValue, one: string | undefined): boolean {
  const isMap = store.getState().document.nodes.some(({ id, kind }) => id === one && kind === "map");
  if (isMap) view.getState().openMapper(one ?? null);
  return isMap;
}

function noteBox(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-testid="note-${id}"] textarea`);
}

function onArrow(event: KeyboardEvent, editor: EditorValue, one: string | undefined, arrow: Point): boolean {
  const { document, run } = editor.store.getState();
  const chosen = editor.view.getState().nodes;
  if (!event.shiftKey || !editor.editable || chosen.length === 0) return walk(editor, document, one, arrow);
  const places = placesOf(document);
  const moved = [...withChildren(document, chosen)].map((id) => {
    const place = places[id] ?? { x: 0, y: 0 };
    return [id, { x: place.x + arrow.x * 16, y: place.y + arrow.y * 16 }];
  });
  run({ type: "move", positions: Object.fromEntries(moved) }, "move", `keys:${chosen.join()}`);
  return true;
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
    editor.view.getState().say(nameOf(document, ahead.id));
    globalThis.document.querySelector<HTMLElement>(`.react-flow__node[data-id="${ahead.id}"]`)?.focus();
  }
  return true;
}

function openMenu(editor: EditorValue, flow: Flow, id: string | undefined): boolean {
  const place = id ? placesOf(editor.store.getState().document)[id] : undefined;
  const at = place
    ? flow.flowToScreenPosition({ x: place.x + 110, y: place.y + 48 })
    : { x: window.innerWidth / 2, y: window.innerHeight / 2 };
  editor.view.getState().openMenu({ at, node: id });
  return true;
}

function openAdd(editor: EditorValue, from: string | undefined, flow: Flow): void {
  const places = placesOf(editor.store.getState().document);
  const place = from ? places[from] : undefined;
  const at = place
    ? flow.flowToScreenPosition({ x: place.x + 316, y: place.y + 32 })
    : { x: window.innerWidth / 2, y: window.innerHeight / 3 };
  editor.view
    .getState()
    .openQuickAdd({ at, byKey: true, from: from ? { node: from, port: null } : undefined });
}

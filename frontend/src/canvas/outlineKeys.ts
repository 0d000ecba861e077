/** The keys of the outline's tree: walking as in every tree, and the edits of the flow. */
import type { KeyboardEvent } from "react";
import { nodeOf } from "@/document/graph";
import type { Row } from "@/document/outline";
import { moveStep, putChosenInto, remove, takeOut } from "./actions";
import { CONNECT_FIELD, type EditorValue } from "./editor";
import { titleOf } from "./kinds";

export interface OutlineKeys {
  editor: EditorValue;
  rows: Row[];
  current: Row;
  closed: ReadonlySet<string>;
  setClosed: (closed: ReadonlySet<string>) => void;
  go: (row: Row | undefined) => void;
  rename: (key: string) => void;
}

/** Whether the key was one of the tree's. */
export function onOutlineKey(event: KeyboardEvent, keys: OutlineKeys): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  if (event.altKey) return keys.editor.editable && onMoveKey(event.key, keys);
  return onWalkKey(event, keys) || onStepKey(event, keys);
}

function onWalkKey(
  event: KeyboardEvent,
  { rows, current, closed, setClosed, go, editor }: OutlineKeys,
): boolean {
  const at = rows.indexOf(current);
  const { key, children } = current.item;
  const isOpen = children.length > 0 && !closed.has(key);
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0) {
    const next = rows[at + step];
    const before = editor.view.getState().nodes;
    go(next);
    if (event.shiftKey && next?.item.type === "step")
      editor.view.getState().select([...new Set([...before, next.item.node.id])]);
    return true;
  }
  switch (event.key) {
    case "Home":
      go(rows[0]);
      return true;
    case "End":
      go(rows.at(-1));
      return true;
    case "ArrowRight":
      if (isOpen) go(rows[at + 1]);
      else setClosed(new Set([...closed].filter((other) => other !== key)));
      return true;
    case "ArrowLeft":
      if (isOpen) setClosed(new Set([...closed, key]));
      else go(rows.find(({ item }) => item.key === current.parent));
      return true;
    default:
      return false;
  }
}

function onStepKey(event: KeyboardEvent, { editor, current, rename, go, rows }: OutlineKeys): boolean {
  const { view, editable } = editor;
  const { item } = current;
  const id = item.type === "step" ? item.node.id : item.from;
  const row = (event.target as HTMLElement).getBoundingClientRect();
  const at = { x: row.left + 24, y: row.bottom + 4 };
  switch (event.key) {
    case "Enter":
      view.getState().focusField(id, "");
      return true;
    case "ContextMenu":
      view.getState().openMenu({ at, node: id });
      return true;
    case "F10":
      if (event.shiftKey) view.getState().openMenu({ at, node: id });
      return event.shiftKey;
  }
  if (!editable) return false;
  switch (event.key) {
    case "a":
      view
        .getState()
        .openQuickAdd({ at, byKey: true, from: { node: id, port: item.type === "way" ? item.port : null } });
      return true;
    case "i": {
      const isLoop = item.type === "step" && item.node.kind === "for_each";
      if (isLoop) view.getState().openQuickAdd({ at, byKey: true, parent: id });
      return isLoop;
    }
    case "c":
      view.getState().focusField(id, CONNECT_FIELD);
      return true;
    case "F2":
      if (item.type === "step") rename(item.key);
      return true;
    case "Delete":
    case "Backspace": {
      if (item.type !== "step") return true;
      const next = rows[rows.indexOf(current) - 1] ?? rows[1];
      remove(editor);
      go(next);
      return true;
    }
    default:
      return false;
  }
}

/** Alt with an arrow: up and down in the row, right into the for-each above, left out of the one it is in. */
function onMoveKey(key: string, { editor, rows, current }: OutlineKeys): boolean {
  if (!key.startsWith("Arrow") || current.item.type !== "step") return key.startsWith("Arrow");
  const { id } = current.item.node;
  const siblings = rows.filter(({ parent, item }) => parent === current.parent && item.type === "step");
  const at = siblings.indexOf(current);
  const neighbour = siblings[key === "ArrowDown" ? at + 1 : at - 1]?.item;
  const other = neighbour?.type === "step" ? neighbour.node : undefined;
  const say = editor.view.getState().say;
  const { document } = editor.store.getState();
  if (key === "ArrowLeft") {
    if (!nodeOf(document, id)?.parent) say(`${titleOf(current.item.node)} is in no for-each`);
    else takeOut(editor, id);
  } else if (key === "ArrowRight") {
    if (other?.kind === "for_each") putChosenInto(editor, [id], other.id);
    else say("There is no for-each above to move it into");
  } else if (!other) say(key === "ArrowUp" ? "It is the first" : "It is the last");
  else moveStep(editor, id, key === "ArrowUp" ? "before" : "after", other.id);
  return true;
}

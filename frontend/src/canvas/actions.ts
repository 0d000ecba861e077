/** What a person can do to what is chosen, once for keys, menus, outline and inspector: each does it as one entry of
 *  history and says in words what happened. */
import { type Alignment, aligned } from "@/document/align";
import { clip, paste } from "@/document/clipping";
import type { Command } from "@/document/commands";
import { after, removeSelection } from "@/document/edits";
import { nodeOf } from "@/document/graph";
import { NODE_WIDTH, placesOf } from "@/document/layout";
import { addNote } from "@/document/notes";
import { moveAfter, moveBefore, putInto, rootsOf, whyNotInto, wrapInLoop } from "@/document/regroup";
import type { FlowDocument, Point } from "@/document/types";
import { tell } from "@/ui/notify";
import type { EditorValue } from "./editor";
import { edgeId } from "./graph";
import { titleOf } from "./kinds";

export function nameOf(document: FlowDocument, id: string): string {
  const node = nodeOf(document, id);
  return node ? titleOf(node) : id;
}

export function namesOf(document: FlowDocument, ids: string[]): string {
  return ids.length === 1 ? nameOf(document, ids[0] ?? "") : `${ids.length} steps`;
}

/** Undo and redo never do nothing silently. */
export function undoOrRedo(editor: EditorValue, isRedo: boolean): boolean {
  const state = editor.store.getState();
  const label = isRedo ? state.redo() : state.undo();
  if (label === null) tell(isRedo ? "There is nothing to redo." : "There is nothing to undo.");
  editor.view.getState().say(label === null ? "" : `${isRedo ? "Redone" : "Undone"}: ${label}`);
  const { document } = editor.store.getState();
  const { nodes, edges, notes, select } = editor.view.getState();
  const kept = nodes.filter((id) => nodeOf(document, id));
  if (kept.length < nodes.length) select(kept, edges, notes);
  return true;
}

export function remove(editor: EditorValue): void {
  const { nodes, edges, notes, select, say } = editor.view.getState();
  const { document, run } = editor.store.getState();
  const cut = document.edges.filter((edge) => edges.includes(edgeId(edge)));
  if (nodes.length + cut.length + notes.length === 0) return;
  const what = nodes.length > 0 ? namesOf(document, nodes) : notes.length > 0 ? "the note" : "the connection";
  run(removeSelection(document, nodes, cut, notes), `remove ${what}`);
  select([]);
  say(`Removed ${what}`);
}

export function duplicate(editor: EditorValue): void {
  const { nodes, notes, select, say } = editor.view.getState();
  const { document, run } = editor.store.getState();
  const pasted = paste(document, clip(document, nodes, notes), { x: 40, y: 56 });
  if (pasted.withoutTrigger) tell("A flow has one trigger; it cannot be duplicated.");
  if (pasted.ids.length + pasted.notes.length === 0) return;
  run(pasted.command, "duplicate");
  select(pasted.ids, [], pasted.notes);
  say(`Duplicated ${namesOf(document, nodes)}`);
}

export function align(editor: EditorValue, how: Alignment): void {
  const { document, run } = editor.store.getState();
  const positions = aligned(document, editor.view.getState().nodes, how);
  run({ type: "move", positions: { ...placesOf(document), ...positions } }, "align");
  editor.view.getState().say(`Aligned ${Object.keys(positions).length} steps`);
}

export function wrap(editor: EditorValue): void {
  const { document, run } = editor.store.getState();
  const { nodes, select, say } = editor.view.getState();
  const wrapped = wrapInLoop(document, nodes);
  if (!wrapped) {
    tell("Choose steps that stand in the same row; a trigger cannot be repeated.");
    return;
  }
  run(wrapped.command, "wrap in a for-each");
  select([wrapped.id]);
  say(`Wrapped ${namesOf(document, nodes)} in a for-each. Choose which list it goes through.`);
}

/** Into a for-each, or with null out to where its for-each stands. */
export function putChosenInto(editor: EditorValue, ids: string[], parent: string | null): boolean {
  const { document, run } = editor.store.getState();
  const roots = rootsOf(document, ids);
  const refusal = whyNotInto(document, roots, parent);
  if (refusal) {
    tell(refusal);
    editor.view.getState().say(refusal);
    return false;
  }
  run(putInto(document, roots, parent), parent ? "move into the for-each" : "move out of the for-each");
  const where = parent ? `into ${nameOf(document, parent)}` : "out of the for-each";
  editor.view.getState().say(`Moved ${namesOf(document, roots)} ${where}`);
  return true;
}

export function takeOut(editor: EditorValue, id: string): boolean {
  const { document } = editor.store.getState();
  const loop = nodeOf(document, nodeOf(document, id)?.parent ?? "");
  return loop ? putChosenInto(editor, [id], loop.parent ?? null) : false;
}

export function moveStep(editor: EditorValue, id: string, side: "before" | "after", target: string): boolean {
  const { document, run } = editor.store.getState();
  const command =
    side === "before" ? moveBefore(document, id, target) : moveAfter(document, id, target, null);
  const moved = after(document, command);
  const isDone = moved !== document;
  const [name, other] = [nameOf(document, id), nameOf(document, target)];
  if (isDone) run({ type: "batch", commands: [command, swap(moved, id, target, side)] }, `move ${name}`);
  editor.view
    .getState()
    .say(isDone ? `${name} moved ${side} ${other}` : `${name} cannot stand ${side} ${other}`);
  return isDone;
}

/** On the canvas the two change places, so that the picture reads in the new order. */
function swap(document: FlowDocument, id: string, target: string, side: "before" | "after"): Command {
  const places = placesOf(document);
  const [own, other] = [places[id], places[target]];
  const isRight = !own || !other || (side === "before" ? own.x < other.x : own.x > other.x);
  return { type: "move", positions: isRight ? {} : { ...places, [id]: other, [target]: own } };
}

export function writeNote(editor: EditorValue, at: Point): void {
  const { document, run } = editor.store.getState();
  const { command, id } = addNote(document, at);
  run(command, "add a note");
  editor.view.getState().select([], [], [id]);
  editor.view.getState().say("Note added");
}

/** Beside what is chosen, else after everything: where something new has room. */
export function freeSpot(document: FlowDocument, chosen: string[]): Point {
  const places = placesOf(document);
  const near = chosen.flatMap((id) => places[id] ?? []);
  const all = near.length > 0 ? near : Object.values(places);
  if (all.length === 0) return { x: 0, y: 0 };
  return { x: Math.max(...all.map(({ x }) => x)) + NODE_WIDTH + 84, y: Math.min(...all.map(({ y }) => y)) };
}

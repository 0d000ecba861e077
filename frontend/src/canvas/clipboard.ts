/** Copying and pasting steps through the system's clipboard, so that they travel between flows, tabs and files. */
import { useEffect } from "react";
import { isTyping } from "@/app/KeysHelp";
import { type Clipping, clip, clippingText, paste, readClipping } from "@/document/clipping";
import { NODE_HEIGHT, NODE_WIDTH } from "@/document/layout";
import type { Point } from "@/document/types";
import { tell, tellError } from "@/ui/notify";
import { freeSpot, namesOf, remove } from "./actions";
import { type EditorValue, useEditor } from "./editor";

const KEPT = "ipaas.clipping";

/** Where to paste: at a place of the canvas (in its frame when it has one), or beside what is chosen. */
export interface PasteTarget {
  at?: Point;
  parent?: string | null;
}

function chosenText(editor: EditorValue): string | null {
  const { nodes, notes } = editor.view.getState();
  if (nodes.length + notes.length === 0) return null;
  const { document } = editor.store.getState();
  editor.view.getState().say(`Copied ${nodes.length > 0 ? namesOf(document, nodes) : "the note"}`);
  return clippingText(clip(document, nodes, notes));
}

/** From a menu: without the browser's own copy event. */
export async function copyChosen(editor: EditorValue): Promise<void> {
  const text = chosenText(editor);
  if (text === null) return;
  sessionStorage.setItem(KEPT, text);
  await navigator.clipboard?.writeText(text).catch(() => {});
}

export async function cutChosen(editor: EditorValue): Promise<void> {
  await copyChosen(editor);
  remove(editor);
}

/** From a menu: what the browser lets the page read, else what was copied in this tab. */
export async function pasteFromMenu(editor: EditorValue, target: PasteTarget): Promise<void> {
  const text = (await navigator.clipboard?.readText().catch(() => "")) || sessionStorage.getItem(KEPT) || "";
  if (text) pasteText(editor, text, target);
  else tell("There is nothing to paste yet. Choose steps and copy them first.");
}

export function pasteText(editor: EditorValue, text: string, target: PasteTarget): void {
  const kinds = editor.kinds.items.map(({ kind }) => kind);
  const clipping = readClipping(text, kinds);
  if ("refusal" in clipping) {
    editor.view.getState().say(clipping.refusal);
    tellError(new Error(clipping.refusal), "Nothing was pasted");
    return;
  }
  const { document, run } = editor.store.getState();
  const pasted = paste(document, clipping, offsetTo(editor, clipping, target), target.parent);
  const trigger = "The trigger was left out: a flow has one.";
  if (pasted.withoutTrigger) tell(trigger);
  if (pasted.ids.length + pasted.notes.length === 0) return;
  run(pasted.command, "paste");
  editor.view.getState().select(pasted.ids, [], pasted.notes);
  const what = pasted.ids.length > 0 ? namesOf(editor.store.getState().document, pasted.ids) : "the note";
  editor.view.getState().say(`Pasted ${what}${pasted.withoutTrigger ? `. ${trigger}` : ""}`);
}

function offsetTo(editor: EditorValue, clipping: Clipping, { at }: PasteTarget): Point {
  const spots = [...Object.values(clipping.layout), ...(clipping.notes ?? [])];
  if (spots.length === 0) return at ?? { x: 0, y: 0 };
  const left = Math.min(...spots.map(({ x }) => x));
  const top = Math.min(...spots.map(({ y }) => y));
  const right = Math.max(...spots.map(({ x }) => x)) + NODE_WIDTH;
  const bottom = Math.max(...spots.map(({ y }) => y)) + NODE_HEIGHT;
  if (at) return { x: snapped(at.x - (left + right) / 2), y: snapped(at.y - (top + bottom) / 2) };
  const spot = freeSpot(editor.store.getState().document, editor.view.getState().nodes);
  return { x: spot.x - left, y: spot.y - top };
}

const snapped = (value: number) => Math.round(value / 8) * 8;

/** Listens to the browser's copy, cut and paste; `targetAt` says what lies under the pointer. */
export function useClipboard(targetAt: () => PasteTarget): void {
  const editor = useEditor();
  useEffect(() => {
    const isElsewhere = (event: ClipboardEvent) =>
      isTyping(event.target) ||
      isTyping(document.activeElement) ||
      String(window.getSelection() ?? "") !== "";
    const copy = (event: ClipboardEvent) => {
      if (isElsewhere(event)) return;
      const isCut = event.type === "cut" && editor.editable;
      const text = chosenText(editor);
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      sessionStorage.setItem(KEPT, text);
      event.preventDefault();
      if (isCut) remove(editor);
    };
    const insert = (event: ClipboardEvent) => {
      if (!editor.editable || isTyping(event.target) || isTyping(document.activeElement)) return;
      const text = event.clipboardData?.getData("text/plain") || sessionStorage.getItem(KEPT) || "";
      if (!text) return;
      event.preventDefault();
      pasteText(editor, text, targetAt());
    };
    window.addEventListener("copy", copy);
    window.addEventListener("cut", copy);
    window.addEventListener("paste", insert);
    return () => {
      window.removeEventListener("copy", copy);
      window.removeEventListener("cut", copy);
      window.removeEventListener("paste", insert);
    };
  }, [editor, targetAt]);
}

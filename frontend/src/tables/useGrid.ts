/** What happens in the grid: keys, clipboard, pointer and fill, each made into one edit of the sheet. */
import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from "react";
import { actOf, type Extent, type GridAct, spanOf, tabOf } from "./gridKeys";
import { COLUMNS, fillDown, newRow, pasteAt, type Row, removeRows, setCells } from "./sheet";
import { blockOf, tsvOf } from "./texts";
import type { Cell, SheetAction, SheetState } from "./useSheet";

export interface Editing extends Cell {
  text: string;
  /** Whether typing began the edit, so that arrow keys still move on. */
  typed: boolean;
}

export interface GridInput {
  state: SheetState;
  act: (action: SheetAction) => void;
  view: Row[];
  mayEdit: boolean;
  page: number;
  onSave: () => void;
  onSay: (message: string) => void;
}

export type GridControl = ReturnType<typeof useGrid>;
const count = (number: number, word = "row") =>
  `${number.toLocaleString()} ${word}${number === 1 ? "" : "s"}`;

export function useGrid(input: GridInput) {
  const { state, act, view, mayEdit, onSay } = input;
  const [editing, setEditing] = useState<Editing | null>(null);
  const leaving = useRef(false);
  const ghost = mayEdit ? 1 : 0;
  const extent: Extent = {
    rows: Math.max(1, view.length + ghost),
    columns: COLUMNS.length,
    page: Math.max(1, input.page - 1),
  };
  const { selection } = state;
  const span = spanOf(selection);
  const selected = view.slice(span.top, span.bottom + 1);
  const columns = COLUMNS.slice(span.left, span.right + 1);

  const edit = (rows: Row[]) => act({ type: "edit", rows });
  const select = (from: Cell, to: Cell = from) => act({ type: "select", from, to });
  const textAt = (cell: Cell) => view[cell.row]?.[COLUMNS[cell.column] ?? "key"] ?? "";

  const begin = (cell: Cell, text: string | null) => {
    if (!mayEdit) return;
    select(cell);
    setEditing({ ...cell, text: text ?? textAt(cell), typed: text !== null });
  };
  function commit(text: string, next?: Cell) {
    if (!editing) return;
    const column = COLUMNS[editing.column] ?? "key";
    const row = view[editing.row];
    setEditing(null);
    if (row) edit(setCells(state.rows, [{ id: row.id, column, text }]));
    else if (text.trim() !== "")
      edit([...state.rows, column === "key" ? newRow(text.trim(), "") : newRow("", text)]);
    if (next) select(next);
  }
  function remove() {
    if (!mayEdit || selected.length === 0) return;
    edit(removeRows(state.rows, new Set(selected.map(({ id }) => id))));
    select({ row: span.top, column: span.left });
    onSay(`${count(selected.length)} removed.`);
  }
  function clear() {
    if (columns.length === COLUMNS.length) return remove();
    edit(
      setCells(
        state.rows,
        selected.flatMap(({ id }) => columns.map((column) => ({ id, column, text: "" }))),
      ),
    );
  }
  function fill(target = selected, pattern = 1) {
    edit(fillDown(state.rows, target, columns, pattern));
    onSay(`Filled ${count(target.length)}.`);
  }

  const acts: { [name in GridAct["act"]]: (done: GridAct) => void } = {
    select: (done) => done.act === "select" && select(done.from, done.to),
    edit: (done) => done.act === "edit" && begin(selection.from, done.text),
    clear: () => mayEdit && clear(),
    remove,
    fill: () => mayEdit && fill(),
    undo: () => {
      act({ type: "undo" });
      onSay("Undone.");
    },
    redo: () => {
      act({ type: "redo" });
      onSay("Done again.");
    },
    save: () => input.onSave(),
    leave: () => {
      leaving.current = true;
    },
  };

  function onKeyDown(event: KeyboardEvent) {
    if (editing) return;
    if (event.key === "Tab" && leaving.current) return;
    const done = actOf(event, selection, extent);
    leaving.current = false;
    if (!done) return;
    event.preventDefault();
    acts[done.act](done);
  }
  function onEditorKey(event: KeyboardEvent<HTMLInputElement>) {
    if (!editing || event.nativeEvent.isComposing) return;
    const text = event.currentTarget.value;
    const down = { row: Math.min(extent.rows, editing.row + 1), column: editing.column };
    event.stopPropagation();
    if (event.key === "Enter") commit(text, down);
    else if (event.key === "Escape") setEditing(null);
    else if (event.key === "Tab") {
      const next = tabOf(event.shiftKey, editing, { ...extent, rows: extent.rows + 1 });
      commit(text, next?.act === "select" ? next.from : undefined);
    } else if (editing.typed && event.key === "ArrowDown") commit(text, down);
    else if (editing.typed && event.key === "ArrowUp")
      commit(text, { row: Math.max(0, editing.row - 1), column: editing.column });
    else return;
    event.preventDefault();
  }

  const block = () => selected.map((row) => columns.map((column) => row[column]));
  function onCopy(event: ClipboardEvent) {
    if (editing || selected.length === 0) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", tsvOf(block()));
    onSay(`${count(selected.length)} copied.`);
  }
  function onCut(event: ClipboardEvent) {
    if (editing || !mayEdit || selected.length === 0) return;
    onCopy(event);
    clear();
  }
  function onPaste(event: ClipboardEvent) {
    if (editing || !mayEdit) return;
    const pasted = blockOf(event.clipboardData.getData("text/plain"));
    if (pasted.length === 0) return;
    event.preventDefault();
    const single = pasted.length === 1 && pasted[0]?.length === 1 ? pasted[0][0] : undefined;
    if (single !== undefined && selected.length > 0 && (selected.length > 1 || columns.length > 1)) {
      edit(
        setCells(
          state.rows,
          selected.flatMap(({ id }) => columns.map((column) => ({ id, column, text: single }))),
        ),
      );
      return onSay(`Pasted into ${count(selected.length)}.`);
    }
    edit(pasteAt(state.rows, view, { row: span.top, column: span.left }, pasted));
    onSay(`${count(pasted.length)} pasted. Save to keep them.`);
  }

  return {
    editing,
    extent,
    span,
    begin,
    commit,
    select,
    fill,
    remove,
    onKeyDown,
    onEditorKey,
    onCopy,
    onCut,
    onPaste,
  };
}

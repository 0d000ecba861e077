/** What a key does in the grid while no cell is being edited; the manners are those of spreadsheets. Pure. */
import type { Cell, Selection } from "./useSheet";

export type GridAct =
  | { act: "select"; from: Cell; to: Cell }
  | { act: "edit"; text: string | null }
  | { act: "clear" }
  | { act: "remove" }
  | { act: "fill" }
  | { act: "undo" }
  | { act: "redo" }
  | { act: "save" }
  | { act: "leave" };

export interface Extent {
  /** Rows with the empty one at the end. */
  rows: number;
  columns: number;
  page: number;
}

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export function actOf(event: KeyPress, selection: Selection, extent: Extent): GridAct | null {
  const command = event.ctrlKey || event.metaKey;
  if (command) return commandOf(event, selection, extent);
  if (event.altKey) return null;
  const moved = moveOf(event.key, event.shiftKey ? selection.to : selection.from, extent);
  if (moved) return { act: "select", from: event.shiftKey ? selection.from : moved, to: moved };
  if (event.key === "Tab") return tabOf(event.shiftKey, selection.from, extent);
  if (event.key === "Enter" || event.key === "F2") return { act: "edit", text: null };
  if (event.key === "Delete" || event.key === "Backspace") return { act: "clear" };
  if (event.key === "Escape") return { act: "leave" };
  return event.key.length === 1 ? { act: "edit", text: event.key } : null;
}

function commandOf(event: KeyPress, selection: Selection, extent: Extent): GridAct | null {
  const lastRow = extent.rows - 1;
  const lastColumn = extent.columns - 1;
  const { from, to } = selection;
  const at = event.shiftKey ? to : from;
  const select = (target: Cell): GridAct => ({
    act: "select",
    from: event.shiftKey ? from : target,
    to: target,
  });
  switch (event.key.toLowerCase()) {
    case "a":
      return {
        act: "select",
        from: { row: 0, column: 0 },
        to: { row: Math.max(0, lastRow - 1), column: lastColumn },
      };
    case "z":
      return { act: event.shiftKey ? "redo" : "undo" };
    case "y":
      return { act: "redo" };
    case "d":
      return { act: "fill" };
    case "s":
      return { act: "save" };
    case "-":
      return { act: "remove" };
    case "home":
      return select({ row: 0, column: 0 });
    case "end":
      return select({ row: lastRow, column: lastColumn });
    case "arrowup":
      return select({ row: 0, column: at.column });
    case "arrowdown":
      return select({ row: lastRow, column: at.column });
    case "arrowleft":
      return select({ row: at.row, column: 0 });
    case "arrowright":
      return select({ row: at.row, column: lastColumn });
    default:
      return null;
  }
}

function moveOf(key: string, at: Cell, extent: Extent): Cell | null {
  const row = (next: number) => ({ ...at, row: Math.min(extent.rows - 1, Math.max(0, next)) });
  const column = (next: number) => ({ ...at, column: Math.min(extent.columns - 1, Math.max(0, next)) });
  switch (key) {
    case "ArrowUp":
      return row(at.row - 1);
    case "ArrowDown":
      return row(at.row + 1);
    case "ArrowLeft":
      return column(at.column - 1);
    case "ArrowRight":
      return column(at.column + 1);
    case "PageUp":
      return row(at.row - extent.page);
    case "PageDown":
      return row(at.row + extent.page);
    case "Home":
      return column(0);
    case "End":
      return column(extent.columns - 1);
    default:
      return null;
  }
}

/** To the next or the previous cell; before the first and behind the last one the browser's own Tab leaves the grid. */
export function tabOf(back: boolean, at: Cell, extent: Extent): GridAct | null {
  const place = at.row * extent.columns + at.column + (back ? -1 : 1);
  if (place < 0 || place >= extent.rows * extent.columns) return null;
  const next = { row: Math.floor(place / extent.columns), column: place % extent.columns };
  return { act: "select", from: next, to: next };
}

/** The corners of a selection in order. */
export function spanOf({ from, to }: Selection): {
  top: number;
  bottom: number;
  left: number;
  right: number;
} {
  return {
    top: Math.min(from.row, to.row),
    bottom: Math.max(from.row, to.row),
    left: Math.min(from.column, to.column),
    right: Math.max(from.column, to.column),
  };
}

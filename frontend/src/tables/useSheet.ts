/** The state of the grid: the rows, what the server holds, the selection, and undo without limit within the page. */
import { useMemo, useReducer } from "react";
import { changesOf, type Row, rebase, rowsOf, troublesOf } from "./sheet";

export interface Cell {
  row: number;
  column: number;
}
export interface Selection {
  from: Cell;
  to: Cell;
}

export interface SheetState {
  rows: Row[];
  kept: Map<string, string>;
  revision: number;
  past: Row[][];
  future: Row[][];
  selection: Selection;
}

export type SheetAction =
  | { type: "edit"; rows: Row[] }
  | { type: "select"; from: Cell; to?: Cell }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "load"; revision: number; pairs: [string, string][] }
  | { type: "saved"; revision: number }
  | { type: "theirs"; revision: number; pairs: [string, string][] };

const START: Selection = { from: { row: 0, column: 0 }, to: { row: 0, column: 0 } };

export function emptySheet(revision: number, pairs: [string, string][]): SheetState {
  return { rows: rowsOf(pairs), kept: new Map(pairs), revision, past: [], future: [], selection: START };
}

export function sheetReducer(state: SheetState, action: SheetAction): SheetState {
  switch (action.type) {
    case "edit":
      if (action.rows === state.rows) return state;
      return { ...state, rows: action.rows, past: [...state.past, state.rows], future: [] };
    case "select":
      return { ...state, selection: { from: action.from, to: action.to ?? action.from } };
    case "undo": {
      const before = state.past.at(-1);
      if (!before) return state;
      return { ...state, rows: before, past: state.past.slice(0, -1), future: [state.rows, ...state.future] };
    }
    case "redo": {
      const [after, ...rest] = state.future;
      if (!after) return state;
      return { ...state, rows: after, past: [...state.past, state.rows], future: rest };
    }
    case "load":
      return { ...emptySheet(action.revision, action.pairs), selection: state.selection };
    case "saved":
      return {
        ...state,
        kept: new Map(state.rows.map(({ key, value }) => [key, value])),
        revision: action.revision,
      };
    case "theirs": {
      const theirs = new Map(action.pairs);
      const { rows } = rebase(state.kept, theirs, changesOf(state.kept, state.rows));
      return { ...state, rows, kept: theirs, revision: action.revision, past: [], future: [] };
    }
  }
}

export function useSheet(revision: number, pairs: [string, string][]) {
  const [state, act] = useReducer(sheetReducer, null, () => emptySheet(revision, pairs));
  const changes = useMemo(() => changesOf(state.kept, state.rows), [state.kept, state.rows]);
  const troubles = useMemo(() => troublesOf(state.rows), [state.rows]);
  const count = Object.keys(changes.set).length + changes.remove.length;
  return { state, act, changes, troubles, count };
}

/** The undoable store of the document being edited. Commands in, documents out; a gesture is one entry of history.
 *  Undo has no limit: an entry keeps only what its edit replaced, and a gesture keeps only where it began. */
import { createStore } from "zustand/vanilla";
import { apply, type Command } from "./commands";
import { EMPTY_DOCUMENT, type FlowDocument } from "./types";

interface Entry {
  label: string;
  inverse: Command;
  gesture: string | null;
}

export interface DocumentState {
  document: FlowDocument;
  past: Entry[];
  future: Entry[];
  revision: number;
  load: (document: FlowDocument) => void;
  run: (command: Command, label: string, gesture?: string) => void;
  endGesture: () => void;
  undo: () => string | null;
  redo: () => string | null;
}

export type DocumentStore = ReturnType<typeof createDocumentStore>;

export function createDocumentStore(initial: FlowDocument = EMPTY_DOCUMENT) {
  return createStore<DocumentState>()((set, get) => ({
    document: initial,
    past: [],
    future: [],
    revision: 0,
    load: (document) => set({ document, past: [], future: [], revision: 0 }),
    run: (command, label, gesture) => {
      const { document, past, revision } = get();
      const applied = apply(document, command);
      if (applied.document === document) return;
      const last = past.at(-1);
      const isSameGesture = gesture !== undefined && last?.gesture === gesture;
      const entry: Entry = isSameGesture
        ? { ...last, inverse: inOne(applied.inverse, last.inverse) }
        : { label, inverse: applied.inverse, gesture: gesture ?? null };
      const kept = isSameGesture ? past.slice(0, -1) : past;
      set({ document: applied.document, past: [...kept, entry], future: [], revision: revision + 1 });
    },
    endGesture: () => {
      const { past } = get();
      const last = past.at(-1);
      if (last?.gesture) set({ past: [...past.slice(0, -1), { ...last, gesture: null }] });
    },
    undo: () => step(get, set, "past", "future"),
    redo: () => step(get, set, "future", "past"),
  }));
}

/** The one command that does what `later` and then `earlier` would do; a long gesture stays as small as a short one. */
function inOne(later: Command, earlier: Command): Command {
  if (later.type === "replace_node" && earlier.type === "replace_node" && later.node.id === earlier.id)
    return { type: "replace_node", id: later.id, node: earlier.node };
  if (later.type === "set" && earlier.type === "set" && later.key === earlier.key) return earlier;
  if (later.type === "move" && earlier.type === "move")
    return { type: "move", positions: { ...later.positions, ...earlier.positions } };
  return { type: "batch", commands: [...parts(later), ...parts(earlier)] };
}

function parts(command: Command): Command[] {
  return command.type === "batch" ? command.commands : [command];
}

function step(
  get: () => DocumentState,
  set: (part: Partial<DocumentState>) => void,
  from: "past" | "future",
  to: "past" | "future",
): string | null {
  const state = get();
  const entry = state[from].at(-1);
  if (!entry) return null;
  const applied = apply(state.document, entry.inverse);
  set({
    document: applied.document,
    [from]: state[from].slice(0, -1),
    [to]: [...state[to], { label: entry.label, inverse: applied.inverse, gesture: null }],
    revision: state.revision + 1,
  });
  return entry.label;
}

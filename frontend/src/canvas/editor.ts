/** What the parts of the editor share: the document's store, the view's store, and what the server knows.
 *  The document is undoable; the view (selection, panels) never is. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Connector, NodeKinds } from "@/api/types";
import type { Command } from "@/document/commands";
import type { Knowledge } from "@/document/scope";
import type { DocumentStore } from "@/document/store";
import type { FlowDocument, FlowEdge, FlowNode, Problem } from "@/document/types";
import type { Entry } from "./catalogue";

export interface QuickAddRequest {
  /** Where the list opens, in window pixels. */
  at: { x: number; y: number };
  from?: { node: string; port: string | null };
  edge?: FlowEdge;
  parent?: string;
  /** Asked for by key: the step goes where there is room, and into the row when something follows already. */
  byKey?: boolean;
}

/** What a context menu is about, and where it opens, in window pixels. */
export interface MenuRequest {
  at: { x: number; y: number };
  node?: string;
  edge?: FlowEdge;
  note?: string;
}

export interface ViewState {
  nodes: string[];
  edges: string[];
  notes: string[];
  panel: "none" | "problems" | "json" | "trial" | "sample" | "tests";
  settings: boolean;
  field: { node: string; path: string; at: number } | null;
  quickAdd: QuickAddRequest | null;
  menu: MenuRequest | null;
  finding: boolean;
  /** The for-each into which what is dragged would fall. */
  dropInto: string | null;
  /** What stands on the left: the palette, the outline, or (on a narrow screen) nothing. */
  side: "palette" | "outline" | "none";
  /** The last thing said to who cannot see the canvas. */
  said: string;
  say: (words: string) => void;
  openMenu: (menu: MenuRequest | null) => void;
  find: (finding: boolean) => void;
  showSide: (side: ViewState["side"]) => void;
  /** The map step whose mapper is open. */
  mapping: string | null;
  select: (nodes: string[], edges?: string[], notes?: string[]) => void;
  show: (panel: ViewState["panel"]) => void;
  showSettings: (settings: boolean) => void;
  focusField: (node: string, path: string) => void;
  openQuickAdd: (request: QuickAddRequest | null) => void;
  openMapper: (node: string | null) => void;
}

/** The field name under which the inspector offers to connect a step to another. */
export const CONNECT_FIELD = "#connect";
/** The field name under which the inspector opens the test of a step. */
export const TEST_FIELD = "#test";

/** Below this width palette and inspector lie over the canvas. */
export const NARROW = 1000;

export type ViewStore = ReturnType<typeof createViewStore>;

export function createViewStore() {
  return createStore<ViewState>()((set) => ({
    nodes: [],
    edges: [],
    notes: [],
    panel: "none",
    settings: window.innerWidth >= 1500,
    field: null,
    quickAdd: null,
    mapping: null,
    menu: null,
    finding: false,
    dropInto: null,
    side: window.innerWidth >= NARROW ? "palette" : "none",
    said: "",
    select: (nodes, edges = [], notes = []) => set({ nodes, edges, notes }),
    // The same words twice are said twice: a live region speaks only when its text changes.
    say: (words) => set(({ said }) => ({ said: said === words ? `${words}\u00a0` : words })),
    openMenu: (menu) => set({ menu }),
    find: (finding) => set({ finding }),
    showSide: (side) => set({ side }),
    show: (panel) => set({ panel }),
    showSettings: (settings) => set({ settings, nodes: [], edges: [], notes: [] }),
    focusField: (node, path) =>
      set({ nodes: [node], edges: [], notes: [], field: { node, path, at: Date.now() } }),
    openQuickAdd: (quickAdd) => set({ quickAdd }),
    openMapper: (mapping) => set({ mapping }),
  }));
}

export interface EditorValue {
  store: DocumentStore;
  view: ViewStore;
  kinds: NodeKinds;
  connectors: Connector[];
  entries: Entry[];
  knowledge: Knowledge;
  problems: Problem[];
  editable: boolean;
}

export const EditorContext = createContext<EditorValue | null>(null);

export function useEditor(): EditorValue {
  const value = useContext(EditorContext);
  if (!value) throw new Error("This part of the app belongs inside the editor.");
  return value;
}

export function useDocument(): FlowDocument {
  return useStore(useEditor().store, (state) => state.document);
}

export function useView<T>(selector: (state: ViewState) => T): T {
  return useStore(useEditor().view, selector);
}

export function useRunCommand(): (command: Command, label: string, gesture?: string) => void {
  return useStore(useEditor().store, (state) => state.run);
}

/** Change one node; edits of the same field in a row are one entry of history. */
export function useChangeNode(
  id: string,
): (change: (node: FlowNode) => FlowNode, label: string, field?: string) => void {
  const { store } = useEditor();
  return (change, label, field) => {
    const node = store.getState().document.nodes.find((candidate) => candidate.id === id);
    if (!node) return;
    const gesture = field ? `${id}:${field}` : undefined;
    store.getState().run({ type: "replace_node", id, node: change(node) }, label, gesture);
  };
}

export function knowledgeOf(connectors: Connector[]): Knowledge {
  const named = (name: string) => connectors.find((connector) => connector.name === name);
  return {
    event: (connector, event) =>
      named(connector)
        ?.triggers.flatMap((trigger) => trigger.events)
        .find(({ name }) => name === event),
    operation: (connector, operation) => named(connector)?.operations.find(({ name }) => name === operation),
  };
}

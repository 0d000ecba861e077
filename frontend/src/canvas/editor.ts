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
}

export interface ViewState {
  nodes: string[];
  edges: string[];
  panel: "none" | "problems" | "json" | "trial" | "sample" | "tests";
  settings: boolean;
  field: { node: string; path: string; at: number } | null;
  quickAdd: QuickAddRequest | null;
  /** The map step whose mapper is open. */
  mapping: string | null;
  select: (nodes: string[], edges?: string[]) => void;
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

export type ViewStore = ReturnType<typeof createViewStore>;

export function createViewStore() {
  return createStore<ViewState>()((set) => ({
    nodes: [],
    edges: [],
    panel: "none",
    settings: window.innerWidth >= 1500,
    field: null,
    quickAdd: null,
    mapping: null,
    select: (nodes, edges = []) => set({ nodes, edges }),
    show: (panel) => set({ panel }),
    showSettings: (settings) => set({ settings, nodes: [], edges: [] }),
    focusField: (node, path) => set({ nodes: [node], edges: [], field: { node, path, at: Date.now() } }),
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

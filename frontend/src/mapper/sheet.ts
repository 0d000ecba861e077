/** What the parts of the mapper share: the rules with everything known about them, and the sheet's own view
 *  (what is chosen, lit, dragged), which is never undoable. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { JsonSchema, TransformSpec } from "@/api/types";
import type { Field } from "@/document/scope";
import type { FlowNode, Rule } from "@/document/types";
import type { PreviewAnswer } from "@/preview/usePreview";
import type { Clash } from "./clashes";
import type { Offer } from "./suggestions";
import type { Consumer, Missing, TargetField } from "./targets";
import type { Outcome } from "./values";

export interface MapperValue {
  node: FlowNode;
  editable: boolean;
  rules: Rule[];
  /** Which rules fill each field. */
  places: Map<string, number[]>;
  specs: TransformSpec[];
  fields: Field[];
  known: Map<string, Field>;
  consumer?: Consumer;
  schema?: JsonSchema;
  targets: TargetField[];
  wanted: Map<string, TargetField>;
  missing: Missing[];
  clashes: Map<string, Clash>;
  answer?: PreviewAnswer;
  isAsking: boolean;
  outcomes: Map<string, Outcome>;
  offers: Offer[];
  store: SheetStore;
  /** One entry of history; edits of the same field in a row are one. */
  write: (rules: Rule[], label: string, field?: string) => void;
  say: (words: string) => void;
}

export const MapperContext = createContext<MapperValue | null>(null);

export function useMapper(): MapperValue {
  const value = useContext(MapperContext);
  if (!value) throw new Error("This part belongs inside the mapper.");
  return value;
}

export type Side = "source" | "target";

export interface Drag {
  /** What is carried: a source field, or one end of a line that is there. */
  source: string;
  rule?: number;
  end?: Side;
  x: number;
  y: number;
  over: string | null;
}

export interface SheetState {
  chosen: string | null;
  armed: string | null;
  lit: { side: Side; path: string } | null;
  drag: Drag | null;
  ask: { source: string; target: string } | null;
  added: string[];
  rejected: ReadonlySet<string>;
  panes: Record<Side, { top: number; height: number; places: Map<string, number> }>;
  set: (part: Partial<SheetState>) => void;
  measure: (side: Side, part: Partial<SheetState["panes"]["source"]>) => void;
}

export type SheetStore = ReturnType<typeof createSheetStore>;

export function createSheetStore(chosen: string | null = null) {
  const pane = () => ({ top: 0, height: 0, places: new Map<string, number>() });
  return createStore<SheetState>()((set) => ({
    chosen,
    armed: null,
    lit: null,
    drag: null,
    ask: null,
    added: [],
    rejected: new Set(),
    panes: { source: pane(), target: pane() },
    set: (part) => set(part),
    measure: (side, part) =>
      set(({ panes }) => ({ panes: { ...panes, [side]: { ...panes[side], ...part } } })),
  }));
}

export function useSheet<T>(select: (state: SheetState) => T): T {
  return useStore(useMapper().store, select);
}

/** What is being tried in the editor: the trial on screen with its folded facts, and the last results of the tests.
 *  Never undoable, never saved; reads the server's answers, holds no request. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { TestResult, TrialMode } from "@/api/trials";
import type { Fact, FlowDetail } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { NOTHING_YET, type NodeView, type RunState } from "@/runs/fold";

export interface Start {
  mode: TrialMode;
  step: string | null;
}

export interface Trial extends Start {
  run: string;
  /** What is carried, as the server answered it. */
  document: FlowDocument;
  /** Steps that answered with what is kept of them. */
  answered: string[];
  /** The draft on screen when it began; another one makes the result old. */
  drawn: FlowDocument;
  /** What the sample was called when it began. */
  sample: string;
}

export interface TrialState {
  trial: Trial | null;
  facts: Fact[];
  state: RunState;
  views: Map<string, NodeView>;
  finished: boolean;
  starting: Start | null;
  refused: { error: unknown; start: Start } | null;
  /** Waits for a person's word, because it would write to a real system. */
  asking: Start | null;
  /** Nobody wants to be asked again before something is made in a simulated system. */
  quiet: boolean;
  connections: Record<string, string>;
  tests: { results: TestResult[]; drawn: FlowDocument } | null;
  testing: boolean;
  /** The test whose result stands on the canvas. */
  shown: string | null;
  begin: (trial: Trial) => void;
  follow: (facts: Fact[], state: RunState, views: Map<string, NodeView>, finished: boolean) => void;
  showTests: (results: TestResult[], drawn: FlowDocument) => void;
  show: (test: string | null) => void;
  clear: () => void;
}

const NO_TRIAL = { trial: null, facts: [], state: NOTHING_YET, views: new Map(), finished: false };

export type TrialStore = ReturnType<typeof createTrialStore>;

export function createTrialStore() {
  return createStore<TrialState>()((set) => ({
    ...NO_TRIAL,
    starting: null,
    refused: null,
    asking: null,
    quiet: false,
    connections: {},
    tests: null,
    testing: false,
    shown: null,
    begin: (trial) => set({ ...NO_TRIAL, trial, starting: null, refused: null, asking: null, shown: null }),
    follow: (facts, state, views, finished) => set({ facts, state, views, finished }),
    showTests: (results, drawn) =>
      set({
        tests: { results, drawn },
        testing: false,
        shown: (results.find(({ ok }) => !ok) ?? results[0])?.test ?? null,
      }),
    show: (shown) => set({ shown }),
    clear: () => set({ ...NO_TRIAL, refused: null, asking: null, shown: null }),
  }));
}

export interface TrialValue {
  store: TrialStore;
  flow: FlowDetail;
}

export const TrialContext = createContext<TrialValue | null>(null);

export function useTrialValue(): TrialValue {
  const value = useContext(TrialContext);
  if (!value) throw new Error("Tests of a flow belong inside its editor.");
  return value;
}

export function useTrial<T>(selector: (state: TrialState) => T): T {
  return useStore(useTrialValue().store, selector);
}

/** Whether two drafts would be carried alike; where cards stand means nothing. */
export function isSameFlow(one: FlowDocument, other: FlowDocument): boolean {
  if (one === other) return true;
  if (one.nodes === other.nodes && one.edges === other.edges && one.connections === other.connections)
    return one.settings === other.settings;
  return bare(one) === bare(other);
}

function bare({ layout: _, ...document }: FlowDocument): string {
  return JSON.stringify(document);
}

/** How long the run on screen took, from its first fact to its last. */
export function tookMs(facts: readonly Fact[]): number | null {
  const first = facts[0];
  const last = facts.at(-1);
  return first && last ? Date.parse(last.at) - Date.parse(first.at) : null;
}

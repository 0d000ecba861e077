/** Around the editor: holds its trial, follows the run of it live, and tells a screen reader how it ends. */
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { samplesKey, useRefresh } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { foldAll, nodeViews } from "@/runs/fold";
import { useFacts } from "@/runs/useFacts";
import { stateOf } from "@/ui/status";
import { duration } from "@/ui/time";
import { createTrialStore, type Trial, TrialContext, tookMs, useTrial, useTrialValue } from "./store";

export function TrialProvider({ flow, children }: { flow: FlowDetail; children: ReactNode }) {
  const [store] = useState(createTrialStore);
  const value = useMemo(() => ({ store, flow }), [store, flow]);
  return (
    <TrialContext.Provider value={value}>
      {children}
      <Followed />
    </TrialContext.Provider>
  );
}

function Followed() {
  const trial = useTrial((state) => state.trial);
  const finished = useTrial((state) => state.finished);
  const status = useTrial((state) => state.state.status);
  const facts = useTrial((state) => state.facts);
  const words = !trial
    ? ""
    : finished
      ? `Test finished: ${stateOf(status).word.toLowerCase()} in ${duration(tookMs(facts))}.`
      : "The test runs.";
  return (
    <>
      {trial && <Follow key={trial.run} trial={trial} />}
      <output className="visually-hidden" aria-live="polite">
        {words}
      </output>
    </>
  );
}

function Follow({ trial }: { trial: Trial }) {
  const { store, flow } = useTrialValue();
  const refresh = useRefresh();
  const { facts, finished } = useFacts(trial.run, false);
  useEffect(() => {
    const state = foldAll(facts);
    store.getState().follow(facts, state, nodeViews(trial.document, state), finished);
  }, [facts, finished, trial, store]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a trial came to is read once, when it ends
  useEffect(() => {
    if (finished) void refresh(samplesKey(flow.id));
  }, [finished]);
  return null;
}

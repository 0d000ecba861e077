/** Starts a trial of the draft on screen with the chosen sample; what is refused is kept to be shown where it was asked. */
import { ApiProblem, api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import { useEditor } from "@/canvas/editor";
import type { FlowDocument } from "@/document/types";
import { nameOfSample } from "./names";
import { samplesKey, useFlowSamples } from "./queries";
import { type Start, useTrialValue } from "./store";
import type { Sample, TrialAnswer } from "./types";

export const triggerOf = (document: FlowDocument) => document.nodes.find(({ kind }) => kind === "trigger");

/** The sample that a test of this draft begins with. */
export function useTriggerSample(): Sample | undefined {
  const { store } = useEditor();
  const { flow } = useTrialValue();
  const samples = useFlowSamples(flow.id).data ?? [];
  const trigger = triggerOf(store.getState().document);
  return samples.find(({ step }) => step === trigger?.id);
}

export function useStartTrial(): (start: Start) => Promise<void> {
  const editor = useEditor();
  const { store, flow } = useTrialValue();
  const path = useTenantPath();
  const refresh = useRefresh();
  const samples = useFlowSamples(flow.id).data ?? [];

  /** The connector's example stands in where nobody chose a sample. */
  async function sampleOf(document: FlowDocument): Promise<Sample | undefined> {
    const trigger = triggerOf(document);
    const known = samples.find(({ step }) => step === trigger?.id);
    if (known || !trigger) return known;
    try {
      const taken = await api.post<{ items: Sample[] }>(path(`${samplesKey(flow.id)}take/`), {
        connector: true,
      });
      void refresh(samplesKey(flow.id));
      return taken.items.find(({ step }) => step === trigger.id);
    } catch (error) {
      if (error instanceof ApiProblem && [404, 422].includes(error.status)) return undefined;
      throw error;
    }
  }

  return async (start) => {
    const drawn = editor.store.getState().document;
    store.setState({ starting: start, refused: null, shown: null });
    try {
      const sample = await sampleOf(drawn);
      const answer = await api.post<TrialAnswer>(path(`flows/${flow.id}/test-step/`), {
        document: drawn,
        mode: start.mode,
        environment: "sandbox",
        ...(start.step ? { step: start.step } : {}),
        ...(Object.keys(store.getState().connections).length > 0
          ? { connections: store.getState().connections }
          : {}),
      });
      store.getState().begin({
        ...start,
        ...answer,
        drawn,
        sample: sample ? nameOfSample(sample.value) : "nothing",
      });
    } catch (error) {
      store.setState({ starting: null, refused: { error, start } });
    }
  };
}

/** Starts a trial of the draft on screen with the chosen sample, once a person agreed to what it writes to a real system;
 *  what is refused is kept to be shown where it was asked. */
import { ApiProblem, api } from "@/api/client";
import {
  samplesKey,
  useConnections,
  useConnectors,
  useRefresh,
  useSamplesOf,
  useTenantPath,
} from "@/api/queries";
import type { Sample, TrialStarted } from "@/api/trials";
import { useEditor } from "@/canvas/editor";
import type { FlowDocument } from "@/document/types";
import { bindingsOf, isReal, writesOf } from "./bindings";
import { nameOfSample } from "./names";
import { writesWithin } from "./reach";
import { type Start, useTrialValue } from "./store";

export const triggerOf = (document: FlowDocument) => document.nodes.find(({ kind }) => kind === "trigger");

/** The sample that a test of this draft begins with. */
export function useTriggerSample(): Sample | undefined {
  const { store } = useEditor();
  const { flow } = useTrialValue();
  const samples = useSamplesOf(flow.id).data ?? [];
  const trigger = triggerOf(store.getState().document);
  return samples.find(({ step }) => step === trigger?.id);
}

/** With `agreed`, the connections that a person was told of, nothing is asked again. */
type Begin = (start: Start, agreed?: Record<string, string>) => Promise<void>;

export function useStartTrial(): Begin {
  const editor = useEditor();
  const { store, flow } = useTrialValue();
  const path = useTenantPath();
  const refresh = useRefresh();
  const samples = useSamplesOf(flow.id).data ?? [];
  const connectors = useConnectors();
  const connections = useConnections();

  /** Reads what is not loaded yet: a real system is never written to because a list came late. */
  async function isRealWritten(document: FlowDocument, start: Start): Promise<boolean> {
    const here = await loaded(connections);
    const bindings = bindingsOf(document, here, store.getState().connections, flow.deployments);
    const writes = writesOf(document, await loaded(connectors), bindings);
    return writesWithin(document, start, writes, samples).some(isReal);
  }

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

  return async (start, agreed) => {
    const drawn = editor.store.getState().document;
    store.setState({ starting: start, refused: null, asking: null, shown: null });
    try {
      if (!agreed && (await isRealWritten(drawn, start)))
        return store.setState({ starting: null, asking: start });
      const chosen = agreed ?? store.getState().connections;
      const sample = await sampleOf(drawn);
      const answer = await api.post<TrialStarted>(path(`flows/${flow.id}/test-step/`), {
        document: drawn,
        mode: start.mode,
        environment: "sandbox",
        ...(start.step ? { step: start.step } : {}),
        ...(Object.keys(chosen).length > 0 ? { connections: chosen } : {}),
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

interface List<T> {
  data: T[] | undefined;
  refetch: (options: { cancelRefetch: boolean; throwOnError: boolean }) => Promise<{ data: T[] | undefined }>;
}

async function loaded<T>(list: List<T>): Promise<T[]> {
  if (list.data) return list.data;
  return (await list.refetch({ cancelRefetch: false, throwOnError: true })).data ?? [];
}

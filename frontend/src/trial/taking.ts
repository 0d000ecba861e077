/** Ways to give the trigger a sample: from an event, from the connector, by hand; and to pin what a step comes to. */
import { useState } from "react";
import { api } from "@/api/client";
import { samplesKey, useRefresh, useSamplesOf, useTenantPath } from "@/api/queries";
import type { FlowEvent } from "@/api/trials";
import type { Value } from "@/document/types";
import { tellError } from "@/ui/notify";
import { eventsKey } from "./queries";

export interface Taking {
  busy: boolean;
  fromEvent: (event: FlowEvent, step: string) => Promise<boolean>;
  fromConnector: (step: string) => Promise<boolean>;
  /** Lets what comes next replace a sample that was given by hand. */
  release: (step: string) => Promise<boolean>;
  keep: (step: string, value: Value, pinned?: boolean) => Promise<boolean>;
  forget: (step: string) => Promise<boolean>;
}

export function useTaking(flow: string): Taking {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const samples = samplesKey(flow);
  const known = useSamplesOf(flow).data ?? [];

  async function attempt(act: () => Promise<unknown>, failed: string): Promise<boolean> {
    setBusy(true);
    try {
      await act();
      await refresh(samples, eventsKey(flow));
      return true;
    } catch (error) {
      tellError(error, failed);
      return false;
    } finally {
      setBusy(false);
    }
  }

  /** What a person pinned is replaced by nobody else; whoever takes another sample means to replace it. */
  async function released(step: string): Promise<void> {
    const kept = known.find((sample) => sample.step === step && sample.pinned);
    if (kept) await api.put(path(`${samples}${step}/`), { value: kept.value, pinned: false });
  }

  return {
    busy,
    fromEvent: (event, step) =>
      attempt(async () => {
        await released(step);
        await api.post(path(`${samples}take/`), { event: event.id });
      }, "The event was not taken as the sample"),
    fromConnector: (step) =>
      attempt(async () => {
        await released(step);
        await api.post(path(`${samples}take/`), { connector: true });
      }, "There is no example to take"),
    release: (step) => attempt(() => released(step), "The sample cannot be replaced"),
    keep: (step, value, pinned = true) =>
      attempt(() => api.put(path(`${samples}${step}/`), { value, pinned }), "The value was not kept"),
    forget: (step) => attempt(() => api.delete(path(`${samples}${step}/`)), "The sample was not forgotten"),
  };
}

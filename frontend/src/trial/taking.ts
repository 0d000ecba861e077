/** Ways to give the trigger a sample: from an event, from the connector, by hand; and to pin what a step comes to. */
import { useState } from "react";
import { ApiProblem, api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { Value } from "@/document/types";
import { tellError } from "@/ui/notify";
import { eventsKey, samplesKey } from "./queries";
import type { FlowEvent } from "./types";

export interface Taking {
  busy: boolean;
  fromEvent: (event: FlowEvent, step: string) => Promise<boolean>;
  fromConnector: () => Promise<boolean>;
  keep: (step: string, value: Value, pinned?: boolean) => Promise<boolean>;
  forget: (step: string) => Promise<boolean>;
}

export function useTaking(flow: string): Taking {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const samples = samplesKey(flow);

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

  /** What was heard at a temporary address is kept by nobody else, so its body is kept here. */
  async function take(event: FlowEvent, step: string): Promise<unknown> {
    try {
      return await api.post(path(`${samples}take/`), { event: event.id });
    } catch (error) {
      const isUnknown = error instanceof ApiProblem && error.status === 404;
      if (!isUnknown || event.body === undefined) throw error;
      return api.put(path(`${samples}${step}/`), { value: event.body, pinned: true });
    }
  }

  return {
    busy,
    fromEvent: (event, step) => attempt(() => take(event, step), "The event was not taken as the sample"),
    fromConnector: () =>
      attempt(() => api.post(path(`${samples}take/`), { connector: true }), "There is no example to take"),
    keep: (step, value, pinned = true) =>
      attempt(() => api.put(path(`${samples}${step}/`), { value, pinned }), "The value was not kept"),
    forget: (step) => attempt(() => api.delete(path(`${samples}${step}/`)), "The sample was not forgotten"),
  };
}

/** The facts of a run as they arrive: read once, then through the socket, or by asking again where there is none. */
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { useLive } from "@/api/live";
import { useTenantPath } from "@/api/queries";
import type { Fact, FactRow, FactsAnswer } from "@/api/types";
import { useTenant } from "@/app/tenant";

const POLL_MS = 700;

export interface Facts {
  facts: Fact[];
  loaded: boolean;
  finished: boolean;
  error: unknown;
  retry: () => void;
  /** Puts a big value in the place of its reference. */
  load: (id: string) => Promise<void>;
}

/** What stands in a fact for a value over 256 KB. */
export interface BigValue {
  $value: string;
  bytes: number;
}

export const isBig = (value: unknown): value is BigValue =>
  value !== null && typeof value === "object" && "$value" in value && "bytes" in value;

interface Held {
  facts: Fact[];
  last: number;
  finished: boolean;
}
const NONE: Held = { facts: [], last: 0, finished: false };

/** Rows that continue what is held; a gap is left for the next reading. */
export function append(held: Held, rows: FactRow[]): Held {
  let { last, finished } = held;
  const fresh: Fact[] = [];
  for (const row of [...rows].sort((a, b) => a.seq - b.seq)) {
    if (row.seq !== last + 1) continue;
    last = row.seq;
    fresh.push(...row.facts);
  }
  if (fresh.length === 0) return held;
  for (const fact of fresh) {
    if (fact.type === "run_finished") finished = true;
    if (fact.type === "run_resolved") finished = false;
  }
  return { facts: [...held.facts, ...fresh], last, finished };
}

/** `lastSeq` is what the run itself says; when it is ahead of what is held, more is read, even after the end. */
export function useFacts(runId: string, isOver: boolean, lastSeq = 0): Facts {
  const { slug } = useTenant();
  const path = useTenantPath();
  const [held, setHeld] = useState(NONE);
  const [loaded, setLoaded] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const last = useRef(0);
  last.current = held.last;

  const read = useCallback(async () => {
    try {
      for (let more = true; more; ) {
        const answer: FactsAnswer = await api.get<FactsAnswer>(
          path(`runs/${runId}/facts/?after=${last.current}&values=apart`),
        );
        const before = last.current;
        last.current = answer.items.reduce((high, row) => Math.max(high, row.seq), before);
        setHeld((current) => append(current, answer.items));
        more = answer.items.length > 0 && last.current < answer.last_seq;
      }
      setLoaded(true);
      setError(null);
    } catch (problem) {
      setError(problem);
    }
  }, [path, runId]);

  const load = useCallback(
    async (id: string) => {
      const answer = await api.get<{ value: unknown }>(
        path(`runs/${runId}/values/?id=${encodeURIComponent(id)}`),
      );
      setHeld((current) => ({
        ...current,
        facts: current.facts.map((fact) => whole(fact, id, answer.value)),
      }));
    },
    [path, runId],
  );

  useEffect(() => {
    void read();
  }, [read]);

  useEffect(() => {
    if (lastSeq > last.current && last.current > 0) void read();
  }, [lastSeq, read]);

  const isDone = held.finished || isOver;
  const up = useLive(
    slug,
    () => ({ watch: "run", id: runId, after: last.current }),
    (message) => {
      if (message.type === "facts" && message.run === runId)
        setHeld((current) => append(current, message.items));
      if (message.type === "run" && message.run.id === runId) void read();
    },
    runId,
  );

  useEffect(() => {
    if (held.finished || !loaded) return;
    const timer = setInterval(() => void read(), up ? POLL_MS * 6 : POLL_MS);
    return () => clearInterval(timer);
  }, [held.finished, loaded, up, read]);

  return {
    facts: held.facts,
    loaded,
    finished: isDone,
    error: loaded ? null : error,
    retry: () => void read(),
    load,
  };
}

function whole(fact: Fact, id: string, value: unknown): Fact {
  const entries = Object.entries(fact);
  if (!entries.some(([, part]) => isBig(part) && part.$value === id)) return fact;
  return Object.fromEntries(
    entries.map(([name, part]) => [name, isBig(part) && part.$value === id ? value : part]),
  ) as Fact;
}

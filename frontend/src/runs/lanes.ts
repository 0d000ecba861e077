/** The run as lanes over time: for each step its attempts, waits and calls as bars. Pure. */
import type { Fact } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { parsePath } from "./fold";

export interface Bar {
  kind: "attempt" | "call" | "wait" | "instant";
  from: number;
  to: number;
  tone: "good" | "bad" | "wait" | "busy" | "doubt" | "idle";
}

export interface Lane {
  node: string;
  title: string;
  depth: number;
  /** The step of the first bar, to be chosen. */
  step: string;
  bars: Bar[];
}

const MOST_BARS = 240;

export function lanesOf(facts: readonly Fact[], document: FlowDocument): Lane[] {
  const end = Date.parse(facts.at(-1)?.at ?? "");
  const lanes = new Map<string, Lane>();
  const open = new Map<string, number>();
  const waits = new Map<string, number>();
  const lane = (step: string): Lane => {
    const { node } = parsePath(step);
    const found = lanes.get(node);
    if (found) return found;
    const drawn = document.nodes.find(({ id }) => id === node);
    const made = { node, step, title: drawn?.title ?? node, depth: drawn?.parent ? 1 : 0, bars: [] };
    lanes.set(node, made);
    return made;
  };
  for (const fact of facts) {
    const step = fact.type === "run_admitted" ? String(fact.trigger_node) : fact.step;
    if (!step || fact.type === "step_skipped") continue;
    note(fact, Date.parse(fact.at), lane(step).bars, { step, open, waits });
  }
  for (const [step, from] of open) lane(step).bars.push({ kind: "attempt", from, to: end, tone: "busy" });
  for (const [step, from] of waits) lane(step).bars.push({ kind: "wait", from, to: end, tone: "wait" });
  for (const one of lanes.values()) one.bars = thinned(one.bars);
  return [...lanes.values()];
}

/** Of very many bars some are drawn, spread over the whole run; what went wrong is always among them. */
function thinned(bars: Bar[]): Bar[] {
  if (bars.length <= MOST_BARS) return bars;
  const inOrder = [...bars].sort((a, b) => a.from - b.from);
  const every = Math.ceil(inOrder.length / MOST_BARS);
  const isTrouble = ({ tone }: Bar) => tone === "bad" || tone === "doubt";
  return inOrder.filter((bar, at) => at % every === 0 || isTrouble(bar)).slice(0, MOST_BARS * 2);
}

interface Job {
  step: string;
  open: Map<string, number>;
  waits: Map<string, number>;
}

function note(fact: Fact, at: number, bars: Bar[], { step, open, waits }: Job): void {
  const waited = waits.get(step);
  if (waited !== undefined && fact.type !== "step_waiting" && fact.type !== "call_made") {
    waits.delete(step);
    bars.push({ kind: "wait", from: waited, to: at, tone: "wait" });
  }
  switch (fact.type) {
    case "run_admitted":
    case "run_resolved":
      bars.push({ kind: "instant", from: at, to: at, tone: "good" });
      break;
    case "step_started":
    case "step_opened":
      open.set(step, open.get(step) ?? at);
      break;
    case "call_made":
      bars.push(callBar(fact, at));
      break;
    case "step_waiting":
      waits.set(step, at);
      break;
    case "step_succeeded":
    case "step_failed": {
      const from = open.get(step);
      open.delete(step);
      bars.unshift({
        kind: from === undefined ? "instant" : "attempt",
        from: from ?? at,
        to: at,
        tone: toneOf(fact),
      });
      if (fact.retry_at) waits.set(step, at);
    }
  }
}

function callBar(fact: Fact, at: number): Bar {
  const { exchanges = [] } = (fact.record ?? {}) as { exchanges?: { duration_ms?: number | null }[] };
  const took = exchanges.reduce((sum, { duration_ms }) => sum + (duration_ms ?? 0), 0);
  return { kind: "call", from: at - took, to: at, tone: fact.error ? "bad" : "good" };
}

function toneOf(fact: Fact): Bar["tone"] {
  if (fact.type === "step_succeeded") return "good";
  if (fact.retry_at) return "wait";
  return (fact.error as { class?: string } | null)?.class === "uncertain" ? "doubt" : "bad";
}

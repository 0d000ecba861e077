/** A moment of a run in words, and how time is laid out where a run did much within little. Pure. */
import type { CallRecord, ErrorDict, Fact } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { duration } from "@/ui/time";
import { titleOfStep } from "./story";

const NTH = ["", "", "a second", "a third", "a fourth", "a fifth"];

export function exactClock(at: string): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** “12:03:04.218, 1.4 s in: Create order was tried a second time” */
export function momentWords(facts: readonly Fact[], shown: number, document: FlowDocument): string {
  const fact = facts[shown - 1];
  if (!fact) return "Reading what happened …";
  const since = Date.parse(fact.at) - Date.parse(facts[0]?.at ?? fact.at);
  return `${exactClock(fact.at)}, ${duration(since)} in: ${factWords(fact, document)}`;
}

export function factWords(fact: Fact, document: FlowDocument): string {
  const step = fact.step ? titleOfStep(document, fact.step) : "";
  const attempt = fact.attempt ?? 1;
  const error = fact.error as ErrorDict | null | undefined;
  switch (fact.type) {
    case "run_admitted":
      return "the event was accepted";
    case "run_replayed":
      return "an earlier event is carried again";
    case "step_started":
      return attempt > 1 ? `${step} was tried ${NTH[attempt] ?? `time ${attempt}`} time` : `${step} began`;
    case "step_succeeded":
      return fact.port && fact.port !== "out" ? `${step} chose “${fact.port}”` : `${step} succeeded`;
    case "step_failed":
      return failedWords(fact, step, error);
    case "step_skipped":
      return `${step} was not needed`;
    case "step_opened":
      return `${step} opened ${fact.count} ${fact.count === 1 ? "item" : "items"}`;
    case "step_waiting":
      return `${step} waits`;
    case "step_woken":
      return `${step} goes on`;
    case "call_made":
      return callWords(fact, step, error);
    case "replied":
      return `the caller was answered with status ${fact.status}`;
    case "run_cancelled":
      return `${fact.by} cancelled the run`;
    case "run_resolved":
      return `${fact.by} found that ${step} was ${fact.made ? "" : "not "}made`;
    case "run_finished":
      return `the run ${fact.status === "uncertain" ? "waits for a person" : fact.status}`;
    default:
      return fact.type.replaceAll("_", " ");
  }
}

function failedWords(fact: Fact, step: string, error: ErrorDict | null | undefined): string {
  const why = error?.message ? `: ${error.message}` : "";
  return fact.retry_at ? `${step} did not work and will be tried again${why}` : `${step} failed${why}`;
}

function callWords(fact: Fact, step: string, error: ErrorDict | null | undefined): string {
  const { exchanges = [], reused, found } = (fact.record ?? {}) as CallRecord;
  if (reused) return `${step} used the answer of an earlier try`;
  if (found) return `${step} found it in the other system`;
  if (error) return `${step} was refused or not answered by the other system`;
  return `${step} was answered by the other system (${exchanges.length} ${exchanges.length === 1 ? "request" : "requests"})`;
}

/** From moments to places between 0 and 1, and back to the number of a fact. */
export interface Scale {
  at: (ms: number) => number;
  factAt: (place: number) => number;
}

/** `even`: long waits are drawn short and dense parts wide; else true time. */
export function scaleOf(facts: readonly Fact[], even: boolean): Scale {
  const times = facts.map(({ at }) => Date.parse(at));
  const first = times[0] ?? 0;
  const places: number[] = [];
  let sum = 0;
  times.forEach((time, index) => {
    const gap = Math.max(0, time - (times[index - 1] ?? first));
    if (index > 0) sum += even ? Math.log2(1 + gap) + 0.4 : gap;
    places.push(sum);
  });
  const whole = sum || 1;
  const at = (ms: number) => {
    const last = times.length - 1;
    if (last < 1) return 0;
    const next = times.findIndex((time) => time >= ms);
    if (next <= 0) return next < 0 ? 1 : 0;
    const [from, to] = [times[next - 1] ?? 0, times[next] ?? 0];
    const share = to === from ? 1 : (ms - from) / (to - from);
    return ((places[next - 1] ?? 0) + share * ((places[next] ?? 0) - (places[next - 1] ?? 0))) / whole;
  };
  const factAt = (place: number) => {
    let best = 0;
    places.forEach((own, index) => {
      const isNearer = Math.abs(own / whole - place) <= Math.abs((places[best] ?? 0) / whole - place);
      if (isNearer) best = index;
    });
    return best + 1;
  };
  return { at, factAt };
}

/** Where a fact is drawn: facts of one instant stand side by side when time is laid out evenly. */
export function placesOf(facts: readonly Fact[], scale: Scale): number[] {
  return facts.map(({ at }) => scale.at(Date.parse(at)));
}

/** Folds the facts of a run into what the screen shows: the same journal the engine folds, to any point in it. Pure. */
import type { CallRecord, ErrorDict, Fact } from "@/api/types";
import type { FlowDocument, FlowEdge } from "@/document/types";

export type StepStatus =
  | "pending"
  | "running"
  | "waiting"
  | "retrying"
  | "succeeded"
  | "failed"
  | "uncertain"
  | "skipped";

export interface Attempt {
  number: number;
  startedAt: string | null;
  endedAt: string | null;
  input?: unknown;
  output?: unknown;
  error: ErrorDict | null;
  calls: { record: CallRecord; error: ErrorDict | null; at: string }[];
}

export interface StepState {
  path: string;
  status: StepStatus;
  port: string | null;
  output?: unknown;
  error: ErrorDict | null;
  wakeAt: string | null;
  attempts: Attempt[];
  /** The list of a for-each; while it is big and not loaded, what stands for it. */
  items: unknown;
  count: number | null;
}

export interface RunState {
  status: string;
  steps: ReadonlyMap<string, StepState>;
  reply: { status: number; body: unknown } | null;
  error: ErrorDict | null;
  facts: number;
  lastAt: string | null;
}

export const NOTHING_YET: RunState = {
  status: "queued",
  steps: new Map(),
  reply: null,
  error: null,
  facts: 0,
  lastAt: null,
};

const blank = (path: string): StepState => ({
  path,
  status: "pending",
  port: null,
  error: null,
  wakeAt: null,
  attempts: [],
  items: null,
  count: null,
});
const isSettled = (status: StepStatus) => ["succeeded", "failed", "uncertain", "skipped"].includes(status);

/** All facts at once; use `fold` to go on from a state. */
export function foldAll(facts: readonly Fact[], count = facts.length): RunState {
  return facts.slice(0, count).reduce(fold, NOTHING_YET);
}

export function fold(state: RunState, fact: Fact): RunState {
  const next: RunState = { ...state, facts: state.facts + 1, lastAt: fact.at };
  if (next.status === "queued" && fact.type !== "run_admitted" && fact.type !== "run_replayed")
    next.status = "running";
  switch (fact.type) {
    case "run_admitted":
      return withStep(next, String(fact.trigger_node), (step) => ({
        ...step,
        status: "succeeded",
        port: "out",
      }));
    case "replied":
      return { ...next, reply: { status: Number(fact.status), body: fact.body } };
    case "run_cancelled":
      return { ...next, status: "cancelled" };
    case "run_resolved":
      return withStep({ ...next, status: "running", error: null }, String(fact.step), (step) =>
        fact.made
          ? { ...step, status: "succeeded", port: "out", output: fact.output, error: null }
          : { ...step, status: "pending", error: null },
      );
    case "run_finished":
      return finish(next, fact);
    default:
      return fact.step ? withStep(next, fact.step, (step) => stepFact(step, fact)) : next;
  }
}

function withStep(state: RunState, path: string, change: (step: StepState) => StepState): RunState {
  const steps = new Map(state.steps);
  steps.set(path, change(steps.get(path) ?? blank(path)));
  return { ...state, steps };
}

function finish(state: RunState, fact: Fact): RunState {
  const error = (fact.error as ErrorDict | null | undefined) ?? null;
  const steps = new Map(state.steps);
  for (const [path, step] of steps) {
    if (!isSettled(step.status)) steps.set(path, { ...step, status: "skipped", wakeAt: null });
  }
  return { ...state, steps, status: String(fact.status), error };
}

function stepFact(step: StepState, fact: Fact): StepState {
  const number = fact.attempt ?? Math.max(1, step.attempts.length);
  switch (fact.type) {
    case "step_started":
      return {
        ...withAttempt(step, number, (attempt) => ({
          ...attempt,
          startedAt: fact.at,
          input: fact.input ?? attempt.input,
        })),
        status: "running",
        wakeAt: null,
      };
    case "call_made": {
      const call = {
        record: fact.record as CallRecord,
        error: (fact.error as ErrorDict | null) ?? null,
        at: fact.at,
      };
      return withAttempt(step, number, (attempt) => ({ ...attempt, calls: [...attempt.calls, call] }));
    }
    case "step_succeeded":
      return {
        ...withAttempt(step, number, (attempt) => ended(attempt, fact, null)),
        status: "succeeded",
        port: (fact.port as string | undefined) ?? "out",
        output: fact.output,
        error: null,
        wakeAt: null,
      };
    case "step_failed":
      return failed(step, fact, number);
    case "step_skipped":
      return { ...step, status: "skipped" };
    case "step_opened": {
      const items = fact.items ?? null;
      const count = Number(fact.count ?? (Array.isArray(items) ? items.length : 0));
      return { ...step, status: "running", count, items };
    }
    case "step_waiting":
      return { ...step, status: "waiting", wakeAt: (fact.until as string | null) ?? null };
    case "step_woken":
      return { ...step, status: "running", wakeAt: null };
    default:
      return step;
  }
}

function failed(step: StepState, fact: Fact, number: number): StepState {
  const error = (fact.error as ErrorDict | null) ?? null;
  const retryAt = (fact.retry_at as string | null | undefined) ?? null;
  const port = (fact.port as string | null | undefined) ?? null;
  const final: StepStatus = error?.class === "uncertain" ? "uncertain" : "failed";
  return {
    ...withAttempt(step, number, (attempt) => ended(attempt, fact, error)),
    status: retryAt ? "retrying" : final,
    port: retryAt ? null : port,
    error,
    wakeAt: retryAt,
  };
}

function ended(attempt: Attempt, fact: Fact, error: ErrorDict | null): Attempt {
  const input = fact.input === undefined ? attempt.input : fact.input;
  return { ...attempt, input, endedAt: fact.at, output: fact.output, error };
}

function withAttempt(step: StepState, number: number, change: (attempt: Attempt) => Attempt): StepState {
  const found = step.attempts.find((attempt) => attempt.number === number);
  const start: Attempt = found ?? { number, startedAt: null, endedAt: null, error: null, calls: [] };
  const changed = change(start);
  const attempts = found
    ? step.attempts.map((attempt) => (attempt === found ? changed : attempt))
    : [...step.attempts, changed];
  return { ...step, attempts };
}

/** `each[3].part` → its node `part`, its for-each path `each`, the item 3. */
export function parsePath(path: string): { node: string; loop: string | null; index: number | null } {
  const dot = path.lastIndexOf(".");
  if (dot < 0) return { node: path, loop: null, index: null };
  const before = path.slice(0, dot);
  const match = /^(.*)\[(\d+)\]$/.exec(before);
  return { node: path.slice(dot + 1), loop: match?.[1] ?? before, index: match ? Number(match[2]) : null };
}

export interface NodeView {
  status: string;
  count?: number;
  done?: number;
  attempts?: number;
  paths: string[];
}

const WORST: StepStatus[] = [
  "uncertain",
  "failed",
  "retrying",
  "waiting",
  "running",
  "pending",
  "succeeded",
  "skipped",
];

/** What each card of the canvas shows: the step, or all of a node's steps over the items of its for-each. */
export function nodeViews(document: FlowDocument, state: RunState): Map<string, NodeView> {
  const paths = new Map<string, string[]>();
  for (const path of state.steps.keys()) {
    const { node } = parsePath(path);
    paths.set(node, [...(paths.get(node) ?? []), path]);
  }
  const views = new Map<string, NodeView>();
  for (const { id, kind } of document.nodes) {
    const own = paths.get(id) ?? [];
    const steps = own.flatMap((path) => state.steps.get(path) ?? []);
    const status = WORST.find((candidate) => steps.some((step) => step.status === candidate)) ?? "pending";
    const attempts = Math.max(1, ...steps.map((step) => step.attempts.length));
    views.set(id, {
      status,
      attempts,
      paths: own,
      ...(kind === "for_each" ? itemsDone(document, id, state) : {}),
    });
  }
  return views;
}

function itemsDone(document: FlowDocument, id: string, state: RunState): { count?: number; done?: number } {
  const opened = [...state.steps.values()].filter(
    (step) => parsePath(step.path).node === id && step.count !== null,
  );
  if (opened.length === 0) return {};
  const count = opened.reduce((sum, step) => sum + (step.count ?? 0), 0);
  const children = document.nodes.filter(({ parent }) => parent === id).length;
  const perItem = new Map<string, number>();
  for (const step of state.steps.values()) {
    const { loop, index } = parsePath(step.path);
    const isChild = loop !== null && parsePath(loop).node === id;
    if (isChild && isSettled(step.status))
      perItem.set(`${loop}[${index}]`, (perItem.get(`${loop}[${index}]`) ?? 0) + 1);
  }
  const complete = [...perItem.values()].filter((settled) => settled >= children).length;
  return { count, done: Math.min(count, complete) };
}

/** Whether an edge was travelled, can no longer be travelled, or is still open. */
export function edgeState(
  edge: FlowEdge,
  state: RunState,
  views: Map<string, NodeView>,
): "lit" | "dead" | null {
  const view = views.get(edge.from);
  const steps = (view?.paths ?? []).flatMap((path) => state.steps.get(path) ?? []);
  const settled = steps.filter((step) => isSettled(step.status));
  const wanted = edge.port ?? "out";
  if (settled.some((step) => step.status !== "skipped" && (step.port ?? "") === wanted)) return "lit";
  return settled.length > 0 && settled.length === steps.length ? "dead" : null;
}

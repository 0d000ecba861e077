/** Two runs held against each other: which steps went differently, in words, and every field that differs. Pure. */
import type { FlowDocument } from "@/document/types";
import { parsePath, type RunState, type StepState, type StepStatus } from "./fold";
import { exchangesOf, type Key, leavesOf, outputOf, readBody } from "./places";

export interface FieldDifference {
  part: "input" | "output" | "call";
  /** Which request, for calls. */
  label?: string;
  path: Key[];
  left: unknown;
  right: unknown;
}

export interface StepDifference {
  path: string;
  node: string;
  left: StepStatus | "pending";
  right: StepStatus | "pending";
  /** What went differently; empty when nothing did. */
  words: string[];
  fields: FieldDifference[];
  ms: [number | null, number | null];
}

export interface Side {
  state: RunState;
  document: FlowDocument;
}

const MOST_FIELDS = 400;

export function compareRuns(left: Side, right: Side): StepDifference[] {
  const paths = [...new Set([...left.state.steps.keys(), ...right.state.steps.keys()])];
  const places = new Map(right.document.nodes.map(({ id }, at) => [id, at]));
  const place = (path: string) => places.get(parsePath(path).node) ?? Number.POSITIVE_INFINITY;
  return paths.map((path) => compareStep(path, left, right)).sort((a, b) => place(a.path) - place(b.path));
}

function compareStep(path: string, left: Side, right: Side): StepDifference {
  const [a, b] = [left.state.steps.get(path), right.state.steps.get(path)];
  const { node } = parsePath(path);
  const isTrigger = right.document.nodes.find(({ id }) => id === node)?.kind === "trigger";
  const fields = isTrigger || !ran(a) || !ran(b) ? [] : fieldsOf(a, b);
  return {
    path,
    node,
    left: a?.status ?? "pending",
    right: b?.status ?? "pending",
    words: wordsOf(path, left, right, fields),
    fields,
    ms: [tookMs(a), tookMs(b)],
  };
}

const ran = (step: StepState | undefined): step is StepState =>
  step !== undefined && step.status !== "skipped" && step.status !== "pending";

function wordsOf(path: string, left: Side, right: Side, fields: FieldDifference[]): string[] {
  const { node } = parsePath(path);
  const [a, b] = [left.state.steps.get(path), right.state.steps.get(path)];
  const isIn = (side: Side) => side.document.nodes.some(({ id }) => id === node);
  if (!isIn(left)) return ["only the second run’s version has this step"];
  if (!isIn(right)) return ["only the first run’s version has this step"];
  if (!ran(a) && !ran(b)) return [];
  if (!ran(a)) return ["ran only in the second run"];
  if (!ran(b)) return ["ran only in the first run"];
  const words: string[] = [];
  if (a.status !== b.status)
    words.push(`${said(a.status)} in the first run, ${said(b.status)} in the second`);
  else if ((a.port ?? "out") !== (b.port ?? "out")) words.push(`chose “${a.port}” first, “${b.port}” then`);
  if (a.error && b.error && a.error.message !== b.error.message) words.push("failed for another reason");
  const [tries, again] = [Math.max(1, a.attempts.length), Math.max(1, b.attempts.length)];
  if (tries !== again) words.push(`was tried ${times(tries)} first, ${times(again)} then`);
  if ((a.count ?? 0) !== (b.count ?? 0)) words.push(`had ${a.count ?? 0} items first, ${b.count ?? 0} then`);
  if (reused(b) && !reused(a)) words.push("used the first answer again in the second run, nothing was sent");
  else if (exchangesOf(a).length !== exchangesOf(b).length)
    words.push(`sent ${requests(exchangesOf(a).length)} first, ${requests(exchangesOf(b).length)} then`);
  for (const part of ["input", "output", "call"] as const) {
    const count = fields.filter((field) => field.part === part).length;
    const name = part === "call" ? "of what was sent" : `of the ${part}`;
    if (count > 0)
      words.push(
        `${count} ${count === 1 ? "field" : "fields"} ${name} ${count === 1 ? "differs" : "differ"}`,
      );
  }
  return words;
}

const said = (status: string) => status.replace("pending", "not reached");
const times = (count: number) => (count === 1 ? "once" : count === 2 ? "twice" : `${count} times`);
const requests = (count: number) => `${count} ${count === 1 ? "request" : "requests"}`;
const reused = (step: StepState) =>
  step.attempts.some(({ calls }) => calls.some(({ record }) => record.reused));

function tookMs(step: StepState | undefined): number | null {
  const starts = step?.attempts.find(({ startedAt }) => startedAt)?.startedAt;
  const ends = step?.attempts.findLast(({ endedAt }) => endedAt)?.endedAt;
  return starts && ends ? Date.parse(ends) - Date.parse(starts) : null;
}

function fieldsOf(a: StepState, b: StepState): FieldDifference[] {
  const input = (step: StepState) => step.attempts.findLast((attempt) => attempt.input !== undefined)?.input;
  const found: FieldDifference[] = [
    ...differences(input(a), input(b)).map((field) => ({ part: "input" as const, ...field })),
    ...differences(outputOf(a), outputOf(b)).map((field) => ({ part: "output" as const, ...field })),
    ...callFields(a, b),
  ];
  return found.slice(0, MOST_FIELDS);
}

/** Requests that changed something, held against each other in their order; when one run sent none, nothing is compared. */
function callFields(a: StepState, b: StepState): FieldDifference[] {
  const writes = (step: StepState) => exchangesOf(step).filter(({ method }) => method !== "GET");
  const [left, right] = [writes(a), writes(b)];
  if (left.length !== right.length) return [];
  return left.flatMap((exchange, at) =>
    differences(readBody(exchange.request_body), readBody(right[at]?.request_body)).map((field) => ({
      part: "call" as const,
      label: `${exchange.method} ${new URL(exchange.url, "http://x").pathname.split("/").at(-1)}`,
      ...field,
    })),
  );
}

/** The leaves in which two values differ, by path. */
export function differences(left: unknown, right: unknown): { path: Key[]; left: unknown; right: unknown }[] {
  const leaves = (value: unknown) =>
    new Map(leavesOf(value).map((leaf) => [JSON.stringify(leaf.path), leaf]));
  const [a, b] = [leaves(left), leaves(right)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const [one, other] = [a.get(key), b.get(key)];
    if (one && other && one.value === other.value) return [];
    return [{ path: (one ?? other)?.path ?? [], left: one?.value, right: other?.value }];
  });
}

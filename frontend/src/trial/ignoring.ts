/** Which recorded values of a run a test should not compare: times and ids that are other ones each time. Pure. */
import type { FlowDocument } from "@/document/types";
import type { RunState } from "@/runs/fold";
import { parsePath } from "@/runs/fold";

export interface Recorded {
  /** `/steps/order/input/OrderDate`: what the server ignores. */
  pointer: string;
  step: string;
  side: "input" | "output";
  /** The field within that side, as people read it. */
  field: string;
  value: unknown;
}

const encoded = (part: string) => part.replace(/~/g, "~0").replace(/\//g, "~1");
const DEPTH = 12;
const MOST = 2000;
const MOST_IGNORED = 200;

/** Every plain value that a test compares, by pointer: what calls were given, and what other steps came to. */
export function recordedValues(state: RunState, document: FlowDocument): Recorded[] {
  const calls = callsOf(document);
  const found: Recorded[] = [];
  for (const step of state.steps.values()) {
    const { node } = parsePath(step.path);
    if (step.status !== "succeeded" || node === triggerId(document)) continue;
    if (calls.has(node)) collect(found, step.path, "input", step.attempts.at(-1)?.input, [], 0);
    else collect(found, step.path, "output", step.output, [], 0);
  }
  return found.slice(0, MOST);
}

const callsOf = (document: FlowDocument) =>
  new Set(document.nodes.filter(({ kind }) => kind === "call").map(({ id }) => id));
const triggerId = (document: FlowDocument) => document.nodes.find(({ kind }) => kind === "trigger")?.id;

/** What a test plays back, and what is therefore the same each time: the event and the answers of calls. */
export function playedBack(state: RunState, document: FlowDocument, event: unknown): unknown[] {
  const calls = callsOf(document);
  const answers = [...state.steps.values()].filter(({ path }) => calls.has(parsePath(path).node));
  return [event, ...answers.map(({ output }) => output)];
}

function collect(
  found: Recorded[],
  path: string,
  side: Recorded["side"],
  value: unknown,
  parts: string[],
  depth: number,
): void {
  if (value === null || value === undefined || depth > DEPTH) return;
  if (typeof value === "object") {
    for (const [name, inner] of Object.entries(value))
      collect(found, path, side, inner, [...parts, name], depth + 1);
    return;
  }
  const pointer = ["", "steps", path, side, ...parts].map(encoded).join("/");
  found.push({ pointer, step: path, side, field: parts.join(".") || side, value });
}

const TIME_NAME = /(date|time|_at|At|created|updated|timestamp|modified)$/i;
const ID_NAME = /(^id$|_id$|Id$|ID$|uuid|guid|SysRowID|SysRevID|Num$|number$|token|etag|_key$)/;
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d)?/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Why a value is likely to be another one at the next run; null when it should stay the same. */
export function whyOther(recorded: Pick<Recorded, "field" | "value">): "time" | "id" | null {
  const name = recorded.field.split(".").at(-1) ?? "";
  const { value } = recorded;
  if (typeof value === "string" && UUID.test(value)) return "id";
  if (
    TIME_NAME.test(name) &&
    (typeof value === "number" || (typeof value === "string" && ISO_TIME.test(value)))
  )
    return "time";
  if (typeof value === "string" && /T\d\d:\d\d/.test(value) && ISO_TIME.test(value)) return "time";
  return ID_NAME.test(name) && !name.startsWith("Cust") ? "id" : null;
}

/** What is proposed to be ignored: times and ids that came neither with the event nor with an answer. */
export function proposedIgnored(values: Recorded[], played: unknown): string[] {
  const given = plainValues(played);
  return values
    .filter(({ value }) => !given.has(String(value)))
    .filter((recorded) => whyOther(recorded) !== null)
    .map(({ pointer }) => pointer)
    .slice(0, MOST_IGNORED);
}

function plainValues(value: unknown, into = new Set<string>()): Set<string> {
  if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value)) plainValues(inner, into);
  else if (value !== null && value !== undefined) into.add(String(value));
  return into;
}

/** The steps of the values, each with its own, in the order in which they ran. */
export function bySteps(values: Recorded[]): { step: string; node: string; values: Recorded[] }[] {
  const groups = new Map<string, Recorded[]>();
  for (const recorded of values) groups.set(recorded.step, [...(groups.get(recorded.step) ?? []), recorded]);
  return [...groups].map(([step, own]) => ({ step, node: parsePath(step).node, values: own }));
}

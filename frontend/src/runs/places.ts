/** Places of a run's data: a field of the event, of a step's input or output, of a request; how each is found, named
 *  and read. Pure. */
import type { Exchange, Read, RunDetail } from "@/api/types";
import type { FlowDocument, FlowNode } from "@/document/types";
import type { RunState, StepState } from "./fold";

export { pathText } from "@/ui/jsonRows";

export type Key = string | number;
/** A path in which `null` stands for every item of a list. */
export type Pattern = (Key | null)[];

export type { Read };

export type Side = "event" | "variable" | "input" | "output" | "items" | "index" | "request";

export interface Place {
  side: Side;
  /** Path of the step, such as `each[2].order`; of the trigger for the event. */
  step: string;
  path: Key[];
  /** Which request of the step, counted over all its attempts. */
  exchange?: number;
}

export interface Known {
  document: FlowDocument;
  reads: Read[];
  event: RunDetail["event"];
  state: RunState;
}

export const nodeOf = (document: FlowDocument, step: string): FlowNode | undefined => {
  const id = step.slice(step.lastIndexOf(".") + 1);
  return document.nodes.find((node) => node.id === id);
};

/** The for-eaches around a step, inside out: `outer[1].inner[0].leaf` → inner of item 0, outer of item 1. */
export function framesOf(step: string): { loop: string; node: string; index: number }[] {
  const frames: { loop: string; node: string; index: number }[] = [];
  let rest = step;
  for (let dot = rest.lastIndexOf("."); dot > 0; dot = rest.lastIndexOf(".")) {
    rest = rest.slice(0, dot);
    const match = /^(.*)\[(\d+)\]$/.exec(rest);
    if (!match?.[1]) break;
    rest = match[1];
    frames.push({ loop: rest, node: rest.slice(rest.lastIndexOf(".") + 1), index: Number(match[2]) });
  }
  return frames;
}

/** Where a path that a step reads points: the place and the rest of the path, in which `null` may be left. */
export function pointed(
  known: Known,
  reader: string,
  path: Pattern,
): { side: Side; step: string; path: Pattern } | null {
  const [root, ...rest] = path;
  const frames = framesOf(reader);
  const trigger = known.document.nodes.find(({ kind }) => kind === "trigger")?.id ?? "";
  if (root === "trigger") return { side: "event", step: trigger, path: rest };
  if (root === "env") return { side: "variable", step: "", path: rest };
  const inner = frames[0];
  if (root === "item")
    return inner ? { side: "items", step: inner.loop, path: [inner.index, ...rest] } : null;
  if (root === "index") return inner ? { side: "index", step: inner.loop, path: [inner.index] } : null;
  const [id, ...inside] = rest;
  if (root !== "steps" || typeof id !== "string") return null;
  if (id === trigger) return { side: "event", step: trigger, path: ["body", ...inside] };
  const around = frames.find(({ node }) => node === id);
  if (around && inside[0] === "item")
    return { side: "items", step: around.loop, path: [around.index, ...inside.slice(1)] };
  if (around) return { side: "index", step: around.loop, path: [around.index] };
  const parent = known.document.nodes.find((node) => node.id === id)?.parent;
  const frame = parent ? frames.find(({ node }) => node === parent) : undefined;
  return { side: "output", step: frame ? `${frame.loop}[${frame.index}].${id}` : id, path: inside };
}

/** One step into a value as the engine goes: items from the end, and a single value as a list of one. */
export function get(value: unknown, path: readonly Key[]): unknown {
  let found = value;
  for (const key of path) {
    if (Array.isArray(found)) found = typeof key === "number" ? found.at(key) : undefined;
    else if (found !== null && typeof found === "object") {
      const isOwn = Object.hasOwn(found, key);
      if (isOwn) found = (found as Record<string, unknown>)[key];
      else if (key !== 0) return undefined;
    } else if (key !== 0 || found === undefined || found === null) return undefined;
  }
  return found;
}

export function outputOf(step: StepState | undefined): unknown {
  if (!step) return undefined;
  return step.output === undefined && step.error && step.port ? { error: step.error } : step.output;
}

/** All requests of a step, over its attempts. */
export function exchangesOf(step: StepState | undefined): Exchange[] {
  return (step?.attempts ?? []).flatMap(({ calls }) => calls.flatMap(({ record }) => record.exchanges ?? []));
}

export function valueAt(known: Known, place: Place): unknown {
  const step = known.state.steps.get(place.step);
  switch (place.side) {
    case "event":
      return get(known.event, place.path);
    case "input":
      return get(step?.attempts.findLast(({ input }) => input !== undefined)?.input, place.path);
    case "output":
      return isTrigger(known, place.step)
        ? get(known.event?.body, place.path)
        : get(outputOf(step), place.path);
    case "items":
      return get(step?.items, place.path);
    case "index":
      return place.path[0];
    case "request": {
      const exchange = exchangesOf(step)[place.exchange ?? 0];
      return place.path[0] === ADDRESS ? exchange?.url : get(readBody(exchange?.request_body), place.path);
    }
    default:
      return undefined;
  }
}

const isTrigger = (known: Known, step: string) => nodeOf(known.document, step)?.kind === "trigger";

/** The key under which a request's address is a place like the fields of its body. */
export const ADDRESS = "the address";

/** A body as its fields: JSON text and form text are taken apart. */
export function readBody(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return body;
  try {
    return JSON.parse(body);
  } catch {
    return /^[^\s=&]+=[^\s]*$/.test(body) ? Object.fromEntries(new URLSearchParams(body)) : body;
  }
}

/** Every leaf of a value with its path; at most so many. */
export function leavesOf(value: unknown, most = 2000): { path: Key[]; value: unknown }[] {
  const found: { path: Key[]; value: unknown }[] = [];
  const walk = (part: unknown, path: Key[]) => {
    if (found.length >= most) return;
    if (part !== null && typeof part === "object") {
      for (const [key, inner] of Object.entries(part))
        walk(inner, [...path, Array.isArray(part) ? Number(key) : key]);
    } else if (part !== undefined) found.push({ path, value: part });
  };
  walk(value, []);
  return found;
}

export const samePath = (a: readonly (Key | null)[], b: readonly (Key | null)[]) =>
  a.length === b.length && a.every((key, at) => key === b[at]);

export const keyOf = (place: Place) =>
  `${place.side}:${place.step}:${place.exchange ?? ""}:${JSON.stringify(place.path)}`;

/** A place in the address of the page: `output:order:OrderDtls/0/PartNum`. */
export function placeText(place: Place): string {
  const side = place.exchange === undefined ? place.side : `${place.side}.${place.exchange}`;
  const path = place.path.map((key) =>
    typeof key === "number" ? `#${key}` : key.replace(/~/g, "~0").replace(/\//g, "~1").replace(/^#/, "~2"),
  );
  return `${side}:${place.step}:${path.join("/")}`;
}

export function placeOfText(text: string | null): Place | null {
  const match = /^(event|variable|input|output|items|index|request)(?:\.(\d+))?:([^:]*):(.*)$/.exec(
    text ?? "",
  );
  if (!match) return null;
  const path = (match[4] ?? "") === "" ? [] : (match[4] ?? "").split("/");
  return {
    side: match[1] as Side,
    step: match[3] ?? "",
    path: path.map((key) =>
      /^#\d+$/.test(key)
        ? Number(key.slice(1))
        : key.replace(/^~2/, "#").replace(/~1/g, "/").replace(/~0/g, "~"),
    ),
    ...(match[2] ? { exchange: Number(match[2]) } : {}),
  };
}

/** A path as people read it: items are counted from one. */
export function pathWords(path: readonly (Key | null)[]): string {
  return path
    .map((key) => (key === null ? "every item" : typeof key === "number" ? `${key + 1}` : key))
    .join(" › ");
}

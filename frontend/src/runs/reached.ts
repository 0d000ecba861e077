/** What was made of a value: from a field of the event forwards to every request field, decision and reply. Pure. */
import { parsePath } from "./fold";
import {
  exchangesOf,
  get,
  type Known,
  keyOf,
  leavesOf,
  nodeOf,
  type Place,
  pointed,
  type Read,
  readBody,
  valueAt,
} from "./places";
import { cut, ruleOf, under } from "./provenance";
import { alike, isTelling, originOf } from "./sent";

export interface Reached {
  place: Place;
  value: unknown;
  /** The place before it. */
  from: Place;
  pointer?: string;
  /** An expression reads several paths; the value is not seen in what it made. */
  perhaps: boolean;
}

export interface Reach {
  /** Everything on the way, in the order it was found. */
  places: Reached[];
  requests: Reached[];
  decisions: { step: string; port: string; pointer: string; from: Place }[];
  replies: { step: string; pointer: string; from: Place }[];
  /** More steps of for-eaches were left out. */
  more: number;
}

const MOST_ITEMS = 20;
const MOST_PLACES = 400;

export function traceForward(known: Known, start: Place): Reach {
  const reach: Reach = { places: [], requests: [], decisions: [], replies: [], more: 0 };
  const stepsOf = stepsByNode(known);
  const seen = new Set([keyOf(start)]);
  const queue: Place[] = [start];
  for (let from = queue.shift(); from && reach.places.length < MOST_PLACES; from = queue.shift()) {
    for (const found of [...byReads(known, stepsOf, from, reach), ...onward(known, from)]) {
      const key = keyOf(found.place);
      if (seen.has(key) || found.value === undefined) continue;
      seen.add(key);
      reach.places.push(found);
      queue.push(found.place);
    }
  }
  reach.requests = requestsOf(known, reach.places);
  return reach;
}

function stepsByNode(known: Known): Map<string, string[]> {
  const steps = new Map<string, string[]>();
  for (const [path, { status }] of known.state.steps) {
    if (status === "skipped" || status === "pending") continue;
    const { node } = parsePath(path);
    steps.set(node, [...(steps.get(node) ?? []), path]);
  }
  return steps;
}

function byReads(known: Known, stepsOf: Map<string, string[]>, from: Place, reach: Reach): Reached[] {
  return known.reads.flatMap((read) => {
    const readers = (stepsOf.get(read.node) ?? []).flatMap((step) => readersOf(known, read, step));
    const inItem = `${from.step}[${from.path[0]}].`;
    const own = readers.filter(({ reader }) => from.side !== "items" || reader.startsWith(inItem));
    const loops = from.side === "items" && read.fills === "items" ? readers : own;
    const first = loops[0]?.reader ?? "";
    if (loops.length > MOST_ITEMS && readsIt(known, read, first, from))
      reach.more += loops.length - MOST_ITEMS;
    return loops
      .slice(0, MOST_ITEMS)
      .flatMap(({ step, reader, index }) => byRead(known, read, { step, reader, index }, from, reach));
  });
}

interface Reader {
  step: string;
  /** The path from which names are seen; inside the item for what a for-each keeps. */
  reader: string;
  index: number[];
}

function readersOf(known: Known, read: Read, step: string): Reader[] {
  const isKept = read.fills === "output" && read.target[0] === "items" && read.target[1] === null;
  const isLoop = isKept && nodeOf(known.document, step)?.kind === "for_each";
  if (!isLoop) return [{ step, reader: step, index: [] }];
  const count = known.state.steps.get(step)?.count ?? 0;
  return [...Array(count).keys()].map((index) => ({ step, reader: `${step}[${index}].#`, index: [index] }));
}

const readsIt = (known: Known, read: Read, step: string, from: Place) =>
  [...read.paths, ...(read.params ?? []), ...(read.when ?? [])].some((path) => {
    const found = pointed(known, step, path);
    return found?.side === from.side && found.step === from.step && under(found.path, from.path) !== null;
  });

function byRead(known: Known, read: Read, own: Reader, from: Place, reach: Reach): Reached[] {
  const all = [...read.paths, ...(read.params ?? [])];
  return all.flatMap((path, at) => {
    const found = pointed(known, own.reader, path);
    if (!found || found.side !== from.side || found.step !== from.step) return [];
    const whole = under(found.path, from.path);
    const part = whole ? null : under(from.path, found.path);
    if (!whole && !part) return [];
    const fit = whole ?? { indices: [], rest: [] };
    const indices = own.index.length ? own.index : fit.indices.slice(0, read.aligned ?? 0);
    return fill(known, read, own.step, from, { indices, rest: fit.rest }, at >= read.paths.length, reach);
  });
}

function fill(
  known: Known,
  read: Read,
  step: string,
  from: Place,
  fit: { indices: number[]; rest: (string | number)[] },
  isParameter: boolean,
  reach: Reach,
): Reached[] {
  if (read.fills === "port") {
    const port = known.state.steps.get(step)?.port;
    const isKnown = reach.decisions.some((decision) => decision.step === step);
    if (port && !isKnown) reach.decisions.push({ step, port, pointer: read.pointer, from });
    return [];
  }
  if (read.fills === "reply" || read.fills === "message") {
    reach.replies.push({ step, pointer: read.pointer, from });
    return [];
  }
  if (read.fills === "default") return [];
  const rule = ruleOf(known, read);
  const isMoved = read.way === "copy" || (read.way === "source" && !rule?.transforms?.length);
  const target = cut(read.target, fit.indices);
  const path = read.fills === "items" || isMoved ? [...target, ...fit.rest] : target;
  const place: Place = { side: read.fills, step, path: isParameter ? target : path };
  const value = valueAt(known, place);
  const perhaps = read.paths.length > 1 && !contains(value, valueAt(known, from));
  return [{ place, value, from, pointer: read.pointer, perhaps }];
}

function contains(made: unknown, value: unknown): boolean {
  if (alike(made, value)) return true;
  return isTelling(value) && JSON.stringify(made ?? "").includes(String(value));
}

/** Ways that no parameter declares: an answer that holds what was asked with, what a for-each keeps of its items. */
function onward(known: Known, from: Place): Reached[] {
  const value = valueAt(known, from);
  if (from.side === "input" && isTelling(value)) {
    const output = valueAt(known, { side: "output", step: from.step, path: [] });
    return leavesOf(output, 500)
      .filter((leaf) => alike(leaf.value, value))
      .map(({ path }) => ({
        place: { side: "output", step: from.step, path },
        value,
        from,
        perhaps: path.at(-1) !== from.path.at(-1),
      }));
  }
  const { loop, index } = parsePath(from.step);
  if (from.side !== "output" || loop === null || index === null) return [];
  const place: Place = { side: "output", step: loop, path: ["items", index, ...from.path] };
  return JSON.stringify(valueAt(known, place)) === JSON.stringify(value)
    ? [{ place, value, from, perhaps: false }]
    : [];
}

/** The request fields that the reached inputs became. */
function requestsOf(known: Known, places: Reached[]): Reached[] {
  const inputs = places.filter(({ place }) => place.side === "input");
  const steps = [...new Set(inputs.map(({ place }) => place.step))];
  return steps.flatMap((step) => {
    const own = inputs.filter(({ place }) => place.step === step);
    return exchangesOf(known.state.steps.get(step)).flatMap((exchange, at) => {
      if (exchange.method === "GET") return [];
      return leavesOf(readBody(exchange.request_body)).flatMap(({ path, value }) => {
        const place: Place = { side: "request", step, path, exchange: at };
        const isCandidate = own.some((input) => mayBecome(input, value));
        const origin = isCandidate ? originOf(known, place) : null;
        const input = origin?.kind === "input" && own.find((one) => under(one.place.path, origin.path));
        return input ? [{ place, value, from: input.place, perhaps: input.perhaps }] : [];
      });
    });
  });
}

function mayBecome({ value }: Reached, sent: unknown): boolean {
  return leavesOf(value).some((leaf) => alike(get(leaf.value, []), sent));
}

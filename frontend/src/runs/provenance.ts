/** Where a value of a run comes from: the chain backwards from a field to the event, made of what the version reads
 *  and of the facts. Pure. */
import type { FlowEdge, Rule } from "@/document/types";
import { edgeState, nodeViews, parsePath } from "./fold";
import {
  framesOf,
  type Key,
  type Known,
  keyOf,
  leavesOf,
  nodeOf,
  type Pattern,
  type Place,
  pointed,
  type Read,
  valueAt,
} from "./places";
import { alike, isTelling, originOf } from "./sent";

/** How a value was made of those behind it. */
export interface How {
  way:
    | Read["way"]
    | "sent"
    | "earlier"
    | "connector"
    | "answer"
    | "event"
    | "variable"
    | "index"
    | "item"
    | "kept"
    | "default"
    | "built"
    | "unknown";
  /** Place in the document: the rule, the parameter. */
  pointer?: string;
  rule?: Rule;
  table?: string;
  exchange?: number;
}

export interface Link {
  place: Place;
  value: unknown;
  how: How;
  from: Link[];
  /** What it is for the value before it: itself, one of several that were read, asked with, or a parameter. */
  role: "value" | "read" | "asked" | "parameter" | "tested";
}

const MOST_LINKS = 300;
const MOST_PARTS = 12;

export function traceBack(known: Known, place: Place): Link {
  return new Trace(known).link(place, "value", new Set());
}

class Trace {
  private made = 0;
  constructor(private readonly known: Known) {}

  link(place: Place, role: Link["role"], above: ReadonlySet<string>): Link {
    const value = valueAt(this.known, place);
    const key = keyOf(place);
    this.made += 1;
    if (above.has(key) || this.made > MOST_LINKS)
      return { place, value, role, how: { way: "unknown" }, from: [] };
    const seen = new Set(above).add(key);
    return { place, value, role, ...this.origin(place, value, seen) };
  }

  private origin(place: Place, value: unknown, seen: ReadonlySet<string>): Pick<Link, "how" | "from"> {
    switch (place.side) {
      case "event":
        return { how: { way: "event" }, from: [] };
      case "variable":
        return { how: { way: "variable" }, from: [] };
      case "index":
        return { how: { way: "index" }, from: [] };
      case "request":
        return this.request(place, seen);
      case "items":
        return this.filled(place, "items", value, seen);
      case "input":
        return this.filled(place, "input", value, seen);
      default:
        return this.output(place, value, seen);
    }
  }

  private request(place: Place, seen: ReadonlySet<string>): Pick<Link, "how" | "from"> {
    const origin = originOf(this.known, place);
    if (origin.kind === "connector") return { how: { way: "connector" }, from: [] };
    if (origin.kind === "earlier") return { how: { way: "earlier", exchange: origin.exchange }, from: [] };
    const input: Place = { side: "input", step: place.step, path: origin.path };
    return { how: { way: "sent" }, from: [this.link(input, "value", seen)] };
  }

  private output(place: Place, value: unknown, seen: ReadonlySet<string>): Pick<Link, "how" | "from"> {
    const node = nodeOf(this.known.document, place.step);
    if (node?.kind === "trigger") {
      const event: Place = { side: "event", step: place.step, path: ["body", ...place.path] };
      return { how: { way: "copy" }, from: [this.link(event, "value", seen)] };
    }
    if (node?.kind === "call") return this.answer(place, value, seen);
    if (node?.kind === "for_each") return this.kept(place, value, seen);
    if (node?.kind === "condition") return this.decided(place, value, seen);
    return this.filled(place, "output", value, seen);
  }

  /** What another system answered: the field it was asked with that holds the same value, else all it was asked with. */
  private answer(place: Place, value: unknown, seen: ReadonlySet<string>): Pick<Link, "how" | "from"> {
    const input = leavesOf(valueAt(this.known, { side: "input", step: place.step, path: [] }), 200);
    const telling = isTelling(value) ? input.filter((leaf) => alike(leaf.value, value)) : [];
    const same = telling.find(({ path }) => path.at(-1) === place.path.at(-1)) ?? telling[0];
    const wanted = same ? [same] : input.slice(0, MOST_PARTS / 2);
    const from = wanted.map(({ path }) =>
      this.link({ side: "input", step: place.step, path }, same ? "value" : "asked", seen),
    );
    return { how: { way: "answer" }, from };
  }

  private kept(place: Place, value: unknown, seen: ReadonlySet<string>): Pick<Link, "how" | "from"> {
    const [list, index, ...rest] = place.path;
    if (list !== "items" || typeof index !== "number") {
      const items: Place = { side: "items", step: place.step, path: [] };
      return { how: { way: "kept" }, from: [this.link(items, "value", seen)] };
    }
    const id = parsePath(place.step).node;
    const inside = `${place.step}[${index}].`;
    const collect = this.known.reads.find((read) => read.node === id && read.fills === "output");
    if (collect) return this.by(collect, `${inside}#`, [], rest, seen);
    const children = this.known.document.nodes.filter((node) => node.parent === id);
    const last = children.findLast((child) => {
      const whole = valueAt(this.known, { side: "output", step: inside + child.id, path: rest });
      return whole !== undefined && JSON.stringify(whole) === JSON.stringify(value);
    });
    if (!last) return { how: { way: "kept" }, from: [] };
    return {
      how: { way: "kept" },
      from: [this.link({ side: "output", step: inside + last.id, path: rest }, "value", seen)],
    };
  }

  private decided(place: Place, value: unknown, seen: ReadonlySet<string>): Pick<Link, "how" | "from"> {
    const id = parsePath(place.step).node;
    const tests = this.known.reads.filter((read) => read.node === id && read.fills === "port");
    const chosen = tests.find((read) => read.target[0] === value);
    const from = (chosen ? [chosen] : tests).flatMap((read) =>
      this.sources(read, place.step, [], [], "tested", seen),
    );
    return { how: { way: "test", pointer: chosen?.pointer ?? tests[0]?.pointer }, from };
  }

  private filled(
    place: Place,
    fills: Read["fills"],
    value: unknown,
    seen: ReadonlySet<string>,
  ): Pick<Link, "how" | "from"> {
    const id = parsePath(place.step).node;
    const own = this.known.reads.filter((read) => read.node === id && read.fills === fills);
    if (fills === "items" && own[0]) return this.by(own[0], place.step, [], place.path, seen, "item");
    const fitting = own.flatMap((read) => {
      const fit = under(read.target, place.path);
      return fit ? [{ read, ...fit }] : [];
    });
    const best = choose(this.known, place.step, fitting, value);
    if (best) return this.by(best.read, place.step, best.indices, best.rest, seen);
    const parts = own.filter((read) => under(place.path, read.target) !== null);
    if (parts.length === 0) return { how: { way: "unknown" }, from: [] };
    return { how: { way: "built" }, from: this.parts(place, fills, parts, seen) };
  }

  /** A whole object: its fields, as far as they hold something. */
  private parts(place: Place, fills: Read["fills"], parts: Read[], seen: ReadonlySet<string>): Link[] {
    const side = fills === "input" ? "input" : "output";
    const paths = parts.map((read) => cut(read.target, []));
    const distinct = paths.filter(
      (path, at) => paths.findIndex((other) => String(other) === String(path)) === at,
    );
    return distinct
      .map((path): Place => ({ side, step: place.step, path }))
      .filter((part) => keyOf(part) !== keyOf(place) && valueAt(this.known, part) !== undefined)
      .slice(0, MOST_PARTS)
      .map((part) => this.link(part, "value", seen));
  }

  private by(
    read: Read,
    reader: string,
    indices: number[],
    rest: Key[],
    seen: ReadonlySet<string>,
    way?: How["way"],
  ): Pick<Link, "how" | "from"> {
    const rule = ruleOf(this.known, read);
    const how: How = { way: way ?? read.way, pointer: read.pointer, rule, table: read.table };
    const isMoved = read.way === "copy" || (read.way === "source" && !rule?.transforms?.length);
    const from = this.sources(read, reader, indices, isMoved ? rest : [], "value", seen);
    if (rule?.default !== undefined && read.way === "source" && isNothing(from[0]?.value))
      how.way = "default";
    const more = (read.params ?? []).flatMap((path) => this.source(path, reader, [], [], "parameter", seen));
    const when = (read.when ?? []).flatMap((path) => this.source(path, reader, [], [], "tested", seen));
    return { how, from: [...from, ...more, ...when] };
  }

  private sources(
    read: Read,
    reader: string,
    indices: number[],
    rest: Key[],
    role: Link["role"],
    seen: ReadonlySet<string>,
  ): Link[] {
    const given = indices.slice(0, read.aligned ?? indices.length);
    const isOne = read.paths.length === 1;
    return read.paths.flatMap((path) =>
      this.source(path, reader, given, isOne ? rest : [], role === "value" && !isOne ? "read" : role, seen),
    );
  }

  private source(
    path: Pattern,
    reader: string,
    indices: number[],
    rest: Key[],
    role: Link["role"],
    seen: ReadonlySet<string>,
  ): Link[] {
    const found = pointed(this.known, reader, path);
    if (!found) return [];
    const own = cut(found.path, indices);
    const isWhole = own.length < found.path.length;
    return [
      this.link({ side: found.side, step: found.step, path: isWhole ? own : [...own, ...rest] }, role, seen),
    ];
  }
}

const isNothing = (value: unknown) => value === null || value === undefined;

/** The pattern with its `[]` filled in order; it ends before the first one that is left. */
export function cut(pattern: Pattern, indices: readonly number[]): Key[] {
  const path: Key[] = [];
  let used = 0;
  for (const key of pattern) {
    if (key !== null) path.push(key);
    else if (used < indices.length) path.push(indices[used++] as number);
    else break;
  }
  return path;
}

/** Whether the path leads to the pattern's field or into it: the items on the way, and what is left of the path. */
export function under(pattern: Pattern, path: Pattern): { indices: number[]; rest: Key[] } | null {
  if (pattern.length > path.length) return null;
  const indices: number[] = [];
  for (const [at, key] of pattern.entries()) {
    const own = path[at];
    if (key === null && typeof own === "number") indices.push(own);
    else if (key !== own && !(typeof key === "number" && own === null)) return null;
  }
  return { indices, rest: path.slice(pattern.length).filter((key) => key !== null) };
}

interface Fit {
  read: Read;
  indices: number[];
  rest: Key[];
}

/** Several rules may fill one field under conditions: the last whose source holds something, else the last. */
function choose(known: Known, step: string, fitting: Fit[], value: unknown): Fit | undefined {
  const longest = Math.max(...fitting.map(({ read }) => read.target.length));
  const best = fitting.filter(({ read }) => read.target.length === longest);
  if (best.length < 2) return best[0];
  const holds = ({ read, indices }: Fit) => {
    if (read.way === "value") return alike(ruleOf(known, read)?.value, value);
    const found = read.paths[0] && pointed(known, step, read.paths[0]);
    return !!found && !isNothing(valueAt(known, { ...found, path: cut(found.path, indices) }));
  };
  return best.findLast(holds) ?? best.at(-1);
}

export function ruleOf(known: Known, read: Read): Rule | undefined {
  const match = /^\/nodes\/(\d+)\/params\/rules\/(\d+)/.exec(read.pointer);
  const node = match && known.document.nodes[Number(match[1])];
  return node ? (node.params.rules as unknown as Rule[] | undefined)?.[Number(match[2])] : undefined;
}

export interface Reason {
  step: string;
  port: string;
  /** What the step's tests read. */
  tested: Link[];
  pointer?: string;
}

/** Why a step ran: the choices on the way to it, the nearest first, in its own for-each and around it. */
export function reasonsOf(known: Known, step: string): Reason[] {
  const views = nodeViews(known.document, known.state);
  const lit = known.document.edges.filter((edge) => edgeState(edge, known.state, views) === "lit");
  const reasons: Reason[] = [];
  let at: string | null = step;
  while (at) {
    const prefix: string = at.slice(0, at.lastIndexOf(".") + 1);
    for (const edge of waysTo(lit, parsePath(at).node)) {
      const kind = known.document.nodes.find(({ id }) => id === edge.from)?.kind;
      if (kind !== "condition" && edge.port !== "invalid" && edge.port !== "error") continue;
      const source = prefix + edge.from;
      const port = edge.port ?? "out";
      if (known.state.steps.get(source)?.port !== port) continue;
      const link =
        kind === "condition" ? traceBack(known, { side: "output", step: source, path: ["port"] }) : null;
      reasons.push({ step: source, port, tested: link?.from ?? [], pointer: link?.how.pointer });
    }
    at = framesOf(at)[0]?.loop ?? null;
  }
  return reasons;
}

/** All lit edges by which a node is reached, the nearest first. */
function waysTo(lit: FlowEdge[], node: string): FlowEdge[] {
  const found: FlowEdge[] = [];
  const queue = [node];
  const seen = new Set(queue);
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    for (const edge of lit.filter(({ to }) => to === target)) {
      found.push(edge);
      if (!seen.has(edge.from)) queue.push(edge.from);
      seen.add(edge.from);
    }
  }
  return found;
}

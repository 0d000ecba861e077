/** What differs between two documents, as the server's `flows/differences.py` answers it. Pure.
 *  Rules are matched by target, branches by port, other entries by id or name; places on the canvas are no change. */
import type { FlowDocument, FlowEdge, FlowNode, Value } from "./types";

export interface FieldChange {
  pointer: string;
  kind: "added" | "removed" | "changed" | "order";
  before?: Value;
  after?: Value;
}

export interface Difference {
  added: string[];
  removed: string[];
  changed: Record<string, FieldChange[]>;
  edges_added: FlowEdge[];
  edges_removed: FlowEdge[];
  settings: FieldChange[];
  connections: FieldChange[];
  other: FieldChange[];
  counts: { added: number; removed: number; changed: number; edges: number; fields: number };
}

type Bag = Record<string, unknown>;
const IDENTITIES = ["target", "port", "id", "name", "key"];
const PARTS_OF_THEIR_OWN = new Set(["nodes", "edges", "layout", "schema", "settings", "connections"]);
const PLACES = new Set(["x", "y", "width", "height"]);

export function difference(first: FlowDocument, second: FlowDocument): Difference {
  const before = nodesOf(first);
  const after = nodesOf(second);
  const changed: Difference["changed"] = {};
  for (const [id, node] of after) {
    const earlier = before.get(id);
    const fields = earlier ? fieldsOf("", earlier, node) : [];
    if (fields.length > 0) changed[id] = fields;
  }
  const edgesBefore = new Set((first.edges ?? []).map(edgeKey));
  const edgesAfter = new Set((second.edges ?? []).map(edgeKey));
  const found = {
    added: [...after.keys()].filter((id) => !before.has(id)),
    removed: [...before.keys()].filter((id) => !after.has(id)),
    changed,
    edges_added: (second.edges ?? []).filter((edge) => !edgesBefore.has(edgeKey(edge))),
    edges_removed: (first.edges ?? []).filter((edge) => !edgesAfter.has(edgeKey(edge))),
    settings: fieldsOf("", first.settings ?? {}, second.settings ?? {}),
    connections: fieldsOf("", first.connections ?? {}, second.connections ?? {}),
    other: fieldsOf("", othersOf(first), othersOf(second)),
  };
  const fields = [...Object.values(changed), found.settings, found.connections, found.other];
  return {
    ...found,
    counts: {
      added: found.added.length,
      removed: found.removed.length,
      changed: Object.keys(changed).length,
      edges: found.edges_added.length + found.edges_removed.length,
      fields: fields.reduce((count, part) => count + part.length, 0),
    },
  };
}

export function isEmpty({ counts }: Difference): boolean {
  return Object.values(counts).every((count) => count === 0);
}

/** Two edges are one when they lead from the same port to the same step; the ordinary port may be left unnamed. */
export function edgeKey(edge: FlowEdge): string {
  return `${edge.from}|${edge.port || "out"}|${edge.to}`;
}

/** The parts of a pointer, unescaped. */
export function partsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
}

export function fieldsOf(pointer: string, before: unknown, after: unknown): FieldChange[] {
  if (isBag(before) && isBag(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => fieldOf(`${pointer}/${escaped(key)}`, before[key], after[key]));
  }
  const identity = identityOf(before, after);
  if (!identity) return fieldOf(pointer, before, after, true);
  const named = [numbered(before as Bag[], identity), numbered(after as Bag[], identity)] as const;
  const found = [...named[0]].flatMap(([name, entry]) =>
    fieldOf(`${pointer}/${escaped(name)}`, entry, named[1].get(name)),
  );
  for (const [name, entry] of named[1]) {
    if (!named[0].has(name))
      found.push({ pointer: `${pointer}/${escaped(name)}`, kind: "added", after: entry as Value });
  }
  const earlier = [...named[0].keys()].filter((name) => named[1].has(name));
  const later = [...named[1].keys()].filter((name) => named[0].has(name));
  if (!same(earlier, later)) found.push({ pointer, kind: "order", before: earlier, after: later });
  return found;
}

function fieldOf(pointer: string, before: unknown, after: unknown, whole = false): FieldChange[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ pointer, kind: "added", after: after as Value }];
  if (after === undefined) return [{ pointer, kind: "removed", before: before as Value }];
  if (same(before, after)) return [];
  return whole
    ? [{ pointer, kind: "changed", before: before as Value, after: after as Value }]
    : fieldsOf(pointer, before, after);
}

function nodesOf(document: FlowDocument): Map<string, FlowNode> {
  return new Map((document.nodes ?? []).map((node) => [node.id, { ...node, params: node.params ?? {} }]));
}

/** What stands beside nodes and edges, such as notes, without where it stands on the canvas. */
function othersOf(document: FlowDocument): Bag {
  const entries = Object.entries(document).filter(([name]) => !PARTS_OF_THEIR_OWN.has(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, unplaced(value)]));
}

function unplaced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unplaced);
  if (!isBag(value)) return value;
  const entries = Object.entries(value).filter(([name]) => !PLACES.has(name));
  return Object.fromEntries(entries.map(([name, entry]) => [name, unplaced(entry)]));
}

function identityOf(before: unknown, after: unknown): string | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const all = [...before, ...after];
  return IDENTITIES.find((name) => all.every((entry) => isBag(entry) && typeof entry[name] === "string"));
}

function numbered(entries: Bag[], identity: string): Map<string, Bag> {
  const found = new Map<string, Bag>();
  const times = new Map<string, number>();
  for (const entry of entries) {
    const name = String(entry[identity]);
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    found.set(time === 1 ? name : `${name}#${time}`, entry);
  }
  return found;
}

function same(first: unknown, second: unknown): boolean {
  if (Array.isArray(first) && Array.isArray(second))
    return first.length === second.length && first.every((entry, at) => same(entry, second[at]));
  if (isBag(first) && isBag(second)) {
    const [keys, others] = [Object.keys(first), Object.keys(second)];
    return (
      keys.length === others.length && keys.every((key) => key in second && same(first[key], second[key]))
    );
  }
  return first === second;
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escaped(name: string): string {
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}

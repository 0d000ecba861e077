/** Two people edited the same flow: what each changed since both began, in steps, and both taken together when they
 *  did not touch the same. Pure; the canvas asks it when the server refuses a save. */
import { sameEdge } from "./commands";
import type { FlowDocument, FlowEdge, FlowNode, Note } from "./types";

export interface Changes {
  added: FlowNode[];
  removed: FlowNode[];
  changed: FlowNode[];
  connections: number;
  settings: boolean;
  notes: number;
  moved: number;
}

export interface Merged {
  document: FlowDocument;
  /** What both changed in different ways, by the name people know it under. Empty when the two fit together. */
  clashes: string[];
}

const same = (a: unknown, b: unknown): boolean => a === b || stable(a) === stable(b);

/** Equal values give equal texts, whatever the order of their keys. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
  if (value && typeof value === "object") {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${stable(inner)}`).join()}}`;
  }
  return JSON.stringify(value) ?? "undefined";
}

export function sameDocument(a: FlowDocument, b: FlowDocument): boolean {
  return same(a, b);
}

const byId = <T extends { id: string }>(list: readonly T[] | undefined) =>
  new Map((list ?? []).map((entry) => [entry.id, entry]));

export function changesBetween(base: FlowDocument, next: FlowDocument): Changes {
  const before = byId(base.nodes);
  const now = byId(next.nodes);
  const edges = (list: FlowEdge[], other: FlowEdge[]) =>
    list.filter((edge) => !other.some((candidate) => sameEdge(edge, candidate))).length;
  const notesBefore = byId(base.notes);
  const notesNow = byId(next.notes);
  const noteIds = new Set([...notesBefore.keys(), ...notesNow.keys()]);
  const places = { before: base.layout ?? {}, now: next.layout ?? {} };
  return {
    added: next.nodes.filter(({ id }) => !before.has(id)),
    removed: base.nodes.filter(({ id }) => !now.has(id)),
    changed: next.nodes.filter((node) => before.has(node.id) && !same(node, before.get(node.id))),
    connections: edges(base.edges, next.edges) + edges(next.edges, base.edges),
    settings: !same(base.settings, next.settings) || !same(base.connections, next.connections),
    notes: [...noteIds].filter((id) => !same(notesBefore.get(id), notesNow.get(id))).length,
    moved: Object.keys(places.now).filter(
      (id) => before.has(id) && now.has(id) && !same(places.before[id], places.now[id]),
    ).length,
  };
}

/** The changes as phrases: “added Create order”, “changed 2 connections”. */
export function inWords(changes: Changes): string[] {
  const words: string[] = [];
  const name = (node: FlowNode) => `“${node.title || node.id}”`;
  const list = (verb: string, nodes: FlowNode[]) => {
    const shown = nodes.slice(0, 4).map(name).join(", ");
    if (nodes.length > 0)
      words.push(`${verb} ${shown}${nodes.length > 4 ? ` and ${nodes.length - 4} more` : ""}`);
  };
  const count = (verb: string, number: number, what: string) => {
    if (number > 0) words.push(`${verb} ${number} ${what}${number === 1 ? "" : "s"}`);
  };
  list("added", changes.added);
  list("changed", changes.changed);
  list("removed", changes.removed);
  count("redrew", changes.connections, "connection");
  if (changes.settings) words.push("changed the settings of the flow");
  count("wrote", changes.notes, "note");
  if (words.length === 0) count("moved", changes.moved, "step");
  return words;
}

/** Three-way, step by step: what only one of both changed is taken from that one. */
export function merge(base: FlowDocument, mine: FlowDocument, theirs: FlowDocument): Merged {
  const clashes: string[] = [];
  const nodes = mergeLists(base.nodes, mine.nodes, theirs.nodes, (node) =>
    clashes.push(node.title || node.id),
  );
  const notes = mergeLists(base.notes ?? [], mine.notes ?? [], theirs.notes ?? [], () =>
    clashes.push("a note"),
  );
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = mergeEdges(base.edges, mine.edges, theirs.edges).filter(
    (edge) => ids.has(edge.from) && ids.has(edge.to),
  );
  const keys = (name: "connections" | "settings", what: string) =>
    mergeKeys(base[name] ?? {}, mine[name] ?? {}, theirs[name] ?? {}, (key) =>
      clashes.push(`${what} ${key}`),
    );
  const layout = mergeKeys(base.layout ?? {}, mine.layout ?? {}, theirs.layout ?? {}, () => {});
  const document: FlowDocument = {
    ...theirs,
    connections: keys("connections", "the connection") as FlowDocument["connections"],
    nodes: nodes.map((node) => withoutLostParent(node, ids)),
    edges,
    layout: Object.fromEntries(
      Object.entries(layout).filter(([id]) => ids.has(id)),
    ) as FlowDocument["layout"],
  };
  const settings = keys("settings", "the setting");
  if (Object.keys(settings).length > 0) document.settings = settings as FlowDocument["settings"];
  else delete document.settings;
  if (notes.length > 0) document.notes = notes;
  else delete document.notes;
  return { document, clashes };
}

function withoutLostParent(node: FlowNode, ids: Set<string>): FlowNode {
  if (!node.parent || ids.has(node.parent)) return node;
  const { parent: _, ...rest } = node;
  return rest;
}

function mergeLists<T extends FlowNode | Note>(
  base: T[],
  mine: T[],
  theirs: T[],
  clash: (entry: T) => void,
): T[] {
  const [before, my, their] = [byId(base), byId(mine), byId(theirs)];
  const kept: T[] = [];
  for (const entry of theirs) {
    const old = before.get(entry.id);
    const own = my.get(entry.id);
    const iChanged = !same(own, old);
    const theyChanged = !same(entry, old);
    if (iChanged && theyChanged && !same(own, entry)) clash(own ?? entry);
    const taken = iChanged ? own : entry;
    if (taken) kept.push(taken);
  }
  for (const [at, entry] of mine.entries()) {
    if (their.has(entry.id)) continue;
    const old = before.get(entry.id);
    if (old && same(entry, old)) continue;
    if (old) clash(entry);
    const previous = kept.findIndex(({ id }) => id === mine[at - 1]?.id);
    kept.splice(previous < 0 ? kept.length : previous + 1, 0, entry);
  }
  return kept;
}

function mergeEdges(base: FlowEdge[], mine: FlowEdge[], theirs: FlowEdge[]): FlowEdge[] {
  const has = (list: FlowEdge[], edge: FlowEdge) => list.some((other) => sameEdge(other, edge));
  const kept = theirs.filter((edge) => has(mine, edge) || !has(base, edge));
  return [...kept, ...mine.filter((edge) => !has(base, edge) && !has(kept, edge))];
}

function mergeKeys(
  base: Record<string, unknown>,
  mine: Record<string, unknown>,
  theirs: Record<string, unknown>,
  clash: (key: string) => void,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const iChanged = !same(mine[key], base[key]);
    if (iChanged && !same(theirs[key], base[key]) && !same(mine[key], theirs[key])) clash(key);
    const value = iChanged ? mine[key] : theirs[key];
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** What is copied: steps with their edges, places and notes, as text that can travel between flows and browsers.
 *  Text from elsewhere is read with distrust: either it becomes a clipping or it is told what is wrong with it. Pure. */
import type { Command } from "./commands";
import { after, aliasFor, freeId, withChildren } from "./edits";
import { renameReferences } from "./graph";
import { placesOf } from "./layout";
import type { FlowDocument, FlowEdge, FlowNode, Note, Params, Point } from "./types";

export interface Clipping {
  nodes: FlowNode[];
  edges: FlowEdge[];
  layout: Record<string, Point>;
  connections: FlowDocument["connections"];
  notes?: Note[];
}

const MARK = "steps of a flow";
const LONGEST = 5_000_000;
const ID = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;
const NODE_KEYS = new Set(["id", "kind", "params", "title", "note", "parent", "retry", "on_error"]);
const COLORS = new Set(["yellow", "blue", "green", "pink", "grey"]);

export function clip(document: FlowDocument, ids: string[], noteIds: string[] = []): Clipping {
  const all = withChildren(document, ids);
  const nodes = document.nodes.filter((node) => all.has(node.id));
  const places = placesOf(document);
  const layout = Object.fromEntries(nodes.flatMap(({ id }) => (places[id] ? [[id, places[id]]] : [])));
  const edges = document.edges.filter((edge) => all.has(edge.from) && all.has(edge.to));
  const used = new Set(nodes.map(({ params }) => params.connection));
  const connections = Object.fromEntries(
    Object.entries(document.connections).filter(([alias]) => used.has(alias)),
  );
  const notes = (document.notes ?? []).filter(({ id }) => noteIds.includes(id));
  return { nodes, edges, layout, connections, ...(notes.length > 0 ? { notes } : {}) };
}

export function clippingText(clipping: Clipping): string {
  return JSON.stringify({ ipaas: MARK, ...clipping }, null, 1);
}

/** The clipping in a text: one of ours, a whole flow document, or an exported flow; else why it is none. */
export function readClipping(text: string, kinds: readonly string[]): Clipping | { refusal: string } {
  if (text.length > LONGEST)
    return { refusal: "The text on the clipboard is too long to be steps of a flow." };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {
      refusal:
        "What is on the clipboard is not a flow. Copy steps in a flow (Ctrl C), or a whole flow document, and paste again.",
    };
  }
  const outer = isObject(value) && isObject(value.document) ? value.document : value;
  if (!isObject(outer) || !Array.isArray(outer.nodes))
    return { refusal: "The text on the clipboard is JSON, but no flow: it has no list of steps (“nodes”)." };
  try {
    return checked(outer, kinds);
  } catch (error) {
    return {
      refusal: `These steps cannot be pasted: ${error instanceof Error ? error.message : "unreadable"}`,
    };
  }
}

type Loose = Record<string, unknown>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checked(outer: Loose, kinds: readonly string[]): Clipping {
  const list = outer.nodes as unknown[];
  if (list.length === 0 && !Array.isArray(outer.notes)) throw new Error("there are none in it.");
  const nodes = list.map((node, at) => nodeOf(node, at, kinds));
  const ids = new Set(nodes.map(({ id }) => id));
  if (ids.size < nodes.length) throw new Error("two of them have the same id.");
  const edges = (Array.isArray(outer.edges) ? outer.edges : []).map((edge) => edgeOf(edge, ids));
  const connections: FlowDocument["connections"] = {};
  for (const [alias, entry] of Object.entries(isObject(outer.connections) ? outer.connections : {})) {
    if (!ID.test(alias) || !isObject(entry) || typeof entry.connector !== "string")
      throw new Error(`the connection “${alias}” does not name its system.`);
    connections[alias] = { connector: entry.connector };
  }
  const notes = (Array.isArray(outer.notes) ? outer.notes : []).flatMap(noteOf);
  return {
    nodes,
    edges,
    layout: layoutOf(outer.layout, ids),
    connections,
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function nodeOf(node: unknown, at: number, kinds: readonly string[]): FlowNode {
  if (!isObject(node)) throw new Error(`step ${at + 1} is not an object.`);
  if (typeof node.id !== "string" || !ID.test(node.id)) throw new Error(`step ${at + 1} has no proper id.`);
  if (typeof node.kind !== "string" || !kinds.includes(node.kind))
    throw new Error(`“${node.id}” is of a kind that is not known here: ${String(node.kind)}.`);
  if (node.params !== undefined && !isObject(node.params))
    throw new Error(`the settings of “${node.id}” (“params”) are not an object.`);
  const unknown = Object.keys(node).find((key) => !NODE_KEYS.has(key));
  if (unknown) throw new Error(`“${node.id}” has something that no step has: “${unknown}”.`);
  for (const key of ["title", "note", "parent"])
    if (node[key] !== undefined && typeof node[key] !== "string")
      throw new Error(`“${key}” of “${node.id}” is not a text.`);
  return { ...(node as unknown as FlowNode), params: (node.params ?? {}) as Params };
}

function edgeOf(edge: unknown, ids: Set<string>): FlowEdge {
  if (!isObject(edge) || typeof edge.from !== "string" || typeof edge.to !== "string")
    throw new Error("a line between them does not say from where to where it leads.");
  if (!ids.has(edge.from) || !ids.has(edge.to))
    throw new Error(`a line leads from “${edge.from}” to “${edge.to}”, and one of these steps is missing.`);
  return { from: edge.from, to: edge.to, ...(typeof edge.port === "string" ? { port: edge.port } : {}) };
}

function layoutOf(layout: unknown, ids: Set<string>): Record<string, Point> {
  const places: Record<string, Point> = {};
  for (const [id, place] of Object.entries(isObject(layout) ? layout : {}))
    if (ids.has(id) && isObject(place) && isNumber(place.x) && isNumber(place.y))
      places[id] = { x: place.x, y: place.y };
  return places;
}

function noteOf(note: unknown): Note[] {
  if (!isObject(note) || typeof note.id !== "string" || typeof note.text !== "string") return [];
  const { x, y, width, height, color } = note;
  if (![x, y, width, height].every(isNumber)) return [];
  const known = typeof color === "string" && COLORS.has(color) ? { color: color as Note["color"] } : {};
  const size = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
  return [{ id: note.id, text: note.text.slice(0, 5000), ...size, ...known }];
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export interface Pasted {
  command: Command;
  ids: string[];
  notes: string[];
  /** The trigger was left out, because the flow has one. */
  withoutTrigger: boolean;
}

/** Paste a clipping under new ids; references between the pasted steps follow them, connections come along.
 *  With `parent` the outermost steps go into that for-each (null: into none). */
export function paste(
  document: FlowDocument,
  clipping: Clipping,
  offset: Point,
  parent?: string | null,
): Pasted {
  const hasTrigger = document.nodes.some((node) => node.kind === "trigger");
  const incoming = clipping.nodes.filter((node) => !(hasTrigger && node.kind === "trigger"));
  const names = new Map<string, string>();
  for (const node of incoming) names.set(node.id, freeId(document, node.id, names.values()));
  const { aliases, commands } = connectionsFor(document, incoming, clipping.connections);
  const parents = new Set(document.nodes.filter(({ kind }) => kind === "for_each").map(({ id }) => id));
  const nodes = incoming.map((node, at) => {
    let params = node.params;
    for (const [from, to] of names) params = renameReferences(params, from, `\u0000${to}`);
    params = JSON.parse(JSON.stringify(params).replaceAll("\\u0000", "")) as Params;
    const alias = typeof params.connection === "string" ? aliases.get(params.connection) : undefined;
    if (alias) params = { ...params, connection: alias };
    const copy: FlowNode = { ...node, id: names.get(node.id) ?? node.id, params };
    delete copy.parent;
    const own = node.parent && parents.has(node.parent) ? node.parent : undefined;
    const outer = parent === undefined ? own : (parent ?? undefined);
    const inside = (node.parent && names.get(node.parent)) || (node.kind === "trigger" ? undefined : outer);
    if (inside) copy.parent = inside;
    const place = clipping.layout[node.id] ?? { x: at * 260, y: 0 };
    const position = { x: Math.round(place.x + offset.x), y: Math.round(place.y + offset.y) };
    return { index: document.nodes.length + at, node: copy, position };
  });
  const edges = clipping.edges
    .filter((edge) => names.has(edge.from) && names.has(edge.to))
    .map((edge, at) => ({
      index: document.edges.length + at,
      edge: { ...edge, from: names.get(edge.from) ?? edge.from, to: names.get(edge.to) ?? edge.to },
    }));
  commands.push({ type: "insert_nodes", nodes }, { type: "insert_edges", edges });
  const notes = notesFor(document, clipping.notes ?? [], offset);
  if (notes.length > 0)
    commands.push({ type: "set", key: "notes", value: [...(document.notes ?? []), ...notes] });
  return {
    command: { type: "batch", commands },
    ids: nodes.map(({ node }) => node.id),
    notes: notes.map(({ id }) => id),
    withoutTrigger: incoming.length < clipping.nodes.length,
  };
}

/** Under which alias each connection of the pasted steps is known here; commands that add those that are new. */
function connectionsFor(document: FlowDocument, nodes: FlowNode[], connections: FlowDocument["connections"]) {
  const aliases = new Map<string, string>();
  const commands: Command[] = [];
  let present = document;
  for (const { params } of nodes) {
    const wanted = params.connection;
    if (typeof wanted !== "string" || aliases.has(wanted)) continue;
    const connector = connections[wanted]?.connector;
    const here = present.connections[wanted]?.connector;
    if (!connector || here === connector) continue;
    if (
      here === undefined &&
      !Object.values(present.connections).some((other) => other.connector === connector)
    ) {
      const next = { ...present.connections, [wanted]: { connector } };
      commands.push({ type: "set", key: "connections", value: next });
    } else {
      const { alias, command } = aliasFor(present, connector);
      aliases.set(wanted, alias);
      if (command) commands.push(command);
    }
    present = after(document, { type: "batch", commands });
  }
  return { aliases, commands };
}

function notesFor(document: FlowDocument, notes: Note[], offset: Point): Note[] {
  const taken = new Set((document.notes ?? []).map(({ id }) => id));
  return notes.map((note) => {
    const id = freeNoteId(taken);
    taken.add(id);
    return { ...note, id, x: Math.round(note.x + offset.x), y: Math.round(note.y + offset.y) };
  });
}

export function freeNoteId(taken: Set<string>): string {
  let number = taken.size + 1;
  while (taken.has(`note_${number}`)) number += 1;
  return `note_${number}`;
}

/** Every edit of a document is a command; applying one answers the new document and the command that undoes it.
 *  Pure: nothing here knows about React, the canvas or time. */
import type { FlowDocument, FlowEdge, FlowNode, Point } from "./types";

export type Command =
  | { type: "insert_nodes"; nodes: { index: number; node: FlowNode; position: Point | null }[] }
  | { type: "remove_nodes"; ids: string[] }
  | { type: "replace_node"; id: string; node: FlowNode }
  | { type: "insert_edges"; edges: { index: number; edge: FlowEdge }[] }
  | { type: "remove_edges"; edges: FlowEdge[] }
  | { type: "move"; positions: Record<string, Point | null> }
  | { type: "set"; key: string; value: unknown }
  | { type: "replace_document"; document: FlowDocument }
  | { type: "batch"; commands: Command[] };

export interface Applied {
  document: FlowDocument;
  inverse: Command;
}

const NOTHING: Command = { type: "batch", commands: [] };

export function sameEdge(a: FlowEdge, b: FlowEdge): boolean {
  return a.from === b.from && a.to === b.to && (a.port ?? "") === (b.port ?? "");
}

export function apply(document: FlowDocument, command: Command): Applied {
  switch (command.type) {
    case "insert_nodes":
      return insertNodes(document, command.nodes);
    case "remove_nodes":
      return removeNodes(document, command.ids);
    case "replace_node":
      return replaceNode(document, command.id, command.node);
    case "insert_edges":
      return insertEdges(document, command.edges);
    case "remove_edges":
      return removeEdges(document, command.edges);
    case "move":
      return move(document, command.positions);
    case "set":
      return setKey(document, command.key, command.value);
    case "replace_document":
      return { document: command.document, inverse: { type: "replace_document", document } };
    case "batch":
      return applyAll(document, command.commands);
  }
}

function applyAll(document: FlowDocument, commands: Command[]): Applied {
  const inverses: Command[] = [];
  let current = document;
  for (const command of commands) {
    const applied = apply(current, command);
    current = applied.document;
    inverses.unshift(applied.inverse);
  }
  return { document: current, inverse: { type: "batch", commands: inverses } };
}

function insertAt<T>(list: readonly T[], entries: { index: number; entry: T }[]): T[] {
  const result = [...list];
  for (const { index, entry } of [...entries].sort((a, b) => a.index - b.index)) {
    result.splice(Math.min(index, result.length), 0, entry);
  }
  return result;
}

function insertNodes(
  document: FlowDocument,
  entries: { index: number; node: FlowNode; position: Point | null }[],
): Applied {
  const taken = new Set(document.nodes.map((node) => node.id));
  const fresh = entries.filter(({ node }) => !taken.has(node.id) && taken.add(node.id));
  if (fresh.length === 0) return { document, inverse: NOTHING };
  const positions = Object.fromEntries(fresh.map(({ node, position }) => [node.id, position]));
  const placed = move(document, positions);
  const nodes = insertAt(
    document.nodes,
    fresh.map(({ index, node }) => ({ index, entry: node })),
  );
  const remove: Command = { type: "remove_nodes", ids: fresh.map(({ node }) => node.id) };
  return { document: { ...placed.document, nodes }, inverse: joined(remove, placed.inverse) };
}

function removeNodes(document: FlowDocument, ids: string[]): Applied {
  const gone = new Set(ids);
  const removed = document.nodes.flatMap((node, index) =>
    gone.has(node.id) ? [{ index, node, position: document.layout?.[node.id] ?? null }] : [],
  );
  if (removed.length === 0) return { document, inverse: NOTHING };
  const cut = removeEdges(
    document,
    document.edges.filter((edge) => gone.has(edge.from) || gone.has(edge.to)),
  );
  const positions = Object.fromEntries(removed.map(({ node }) => [node.id, null]));
  const unplaced = move(cut.document, positions);
  const nodes = document.nodes.filter((node) => !gone.has(node.id));
  const restore: Command = { type: "insert_nodes", nodes: removed };
  return {
    document: { ...unplaced.document, nodes },
    inverse: joined(unplaced.inverse, restore, cut.inverse),
  };
}

function joined(...commands: Command[]): Command {
  const useful = commands.filter((command) => command !== NOTHING);
  return useful.length === 1 && useful[0] ? useful[0] : { type: "batch", commands: useful };
}

function replaceNode(document: FlowDocument, id: string, node: FlowNode): Applied {
  const index = document.nodes.findIndex((candidate) => candidate.id === id);
  const before = document.nodes[index];
  if (!before) return { document, inverse: NOTHING };
  if (node.id !== id && document.nodes.some((candidate) => candidate.id === node.id)) {
    return { document, inverse: NOTHING };
  }
  const nodes = [...document.nodes];
  nodes[index] = node;
  return { document: { ...document, nodes }, inverse: { type: "replace_node", id: node.id, node: before } };
}

function insertEdges(document: FlowDocument, entries: { index: number; edge: FlowEdge }[]): Applied {
  const known = [...document.edges];
  const fresh = entries.filter(({ edge }) => {
    if (known.some((other) => sameEdge(other, edge))) return false;
    known.push(edge);
    return true;
  });
  if (fresh.length === 0) return { document, inverse: NOTHING };
  const edges = insertAt(
    document.edges,
    fresh.map(({ index, edge }) => ({ index, entry: edge })),
  );
  const inverse: Command = { type: "remove_edges", edges: fresh.map(({ edge }) => edge) };
  return { document: { ...document, edges }, inverse };
}

function removeEdges(document: FlowDocument, targets: FlowEdge[]): Applied {
  const removed = document.edges.flatMap((edge, index) =>
    targets.some((target) => sameEdge(target, edge)) ? [{ index, edge }] : [],
  );
  if (removed.length === 0) return { document, inverse: NOTHING };
  const edges = document.edges.filter((edge) => !removed.some((entry) => entry.edge === edge));
  return { document: { ...document, edges }, inverse: { type: "insert_edges", edges: removed } };
}

function move(document: FlowDocument, positions: Record<string, Point | null>): Applied {
  const layout = { ...(document.layout ?? {}) };
  const before: Record<string, Point | null> = {};
  for (const [id, point] of Object.entries(positions)) {
    before[id] = layout[id] ?? null;
    if (point) layout[id] = point;
    else delete layout[id];
  }
  const isSame = Object.keys(before).every((id) => before[id] === positions[id]);
  if (isSame) return { document, inverse: NOTHING };
  const inverse: Command = document.layout
    ? { type: "move", positions: before }
    : { type: "set", key: "layout", value: undefined };
  return { document: { ...document, layout }, inverse };
}

function setKey(document: FlowDocument, key: string, value: unknown): Applied {
  const before = document[key];
  if (before === value) return { document, inverse: NOTHING };
  const next: FlowDocument = { ...document, [key]: value };
  if (value === undefined) delete next[key];
  return { document: next, inverse: { type: "set", key, value: before } };
}

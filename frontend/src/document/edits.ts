/** What a person does to a flow, expressed as commands: add, connect, rename, remove.
 *  Pure builders; the store applies what they answer. */
import type { Command } from "./commands";
import { apply, sameEdge } from "./commands";
import { hasPath, leadingTo, renameReferences } from "./graph";
import type { FlowDocument, FlowEdge, FlowNode, Point } from "./types";

/** A free id made of the wish: `create_order`, `create_order_2`, … */
export function freeId(document: FlowDocument, wish: string, alsoTaken: Iterable<string> = []): string {
  const taken = new Set([...document.nodes.map((node) => node.id), ...alsoTaken]);
  const base =
    wish
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .replace(/^(\d)/, "step_$1") || "step";
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}

export function addNode(document: FlowDocument, node: FlowNode, position: Point): Command {
  return { type: "insert_nodes", nodes: [{ index: document.nodes.length, node, position }] };
}

export function connect(document: FlowDocument, edge: FlowEdge): Command {
  return { type: "insert_edges", edges: [{ index: document.edges.length, edge }] };
}

/** Why the edge may not be drawn; null when it may. */
export function refusalOf(document: FlowDocument, edge: FlowEdge): string | null {
  const source = document.nodes.find((node) => node.id === edge.from);
  const target = document.nodes.find((node) => node.id === edge.to);
  if (!source || !target) return "That step does not exist.";
  if (edge.from === edge.to) return "A step cannot follow itself.";
  if (target.kind === "trigger") return "A trigger begins the flow; nothing leads into it.";
  if (document.edges.some((other) => sameEdge(other, edge))) return "These steps are already connected.";
  if ((source.parent ?? null) !== (target.parent ?? null))
    return "A step inside a for-each connects only to steps inside it.";
  if (hasPath(document, edge.to, edge.from)) return "That would make a circle: the flow must move forward.";
  return null;
}

/** The steps to which an edge may be drawn from this way out: `refusalOf` of each of them, but in one go. */
export function openTargets(document: FlowDocument, from: string, port: string | null): FlowNode[] {
  const source = document.nodes.find((node) => node.id === from);
  if (!source) return [];
  const earlier = leadingTo(document, from);
  const way = (edge: FlowEdge) => edge.from === from && (edge.port ?? null) === port;
  const taken = new Set(document.edges.filter(way).map(({ to }) => to));
  return document.nodes.filter(
    ({ id, kind, parent }) =>
      kind !== "trigger" &&
      !earlier.has(id) &&
      !taken.has(id) &&
      (parent ?? null) === (source.parent ?? null),
  );
}

/** Put a new node on an edge: source → node → target. */
export function insertOnEdge(
  document: FlowDocument,
  edge: FlowEdge,
  node: FlowNode,
  position: Point,
): Command {
  const at = document.edges.length - 1;
  const into: FlowEdge = { ...edge, to: node.id };
  return {
    type: "batch",
    commands: [
      addNode(document, node, position),
      { type: "remove_edges", edges: [edge] },
      {
        type: "insert_edges",
        edges: [
          { index: at, edge: into },
          { index: at + 1, edge: { from: node.id, to: edge.to } },
        ],
      },
    ],
  };
}

/** The ids together with everything inside their for-eaches. */
export function withChildren(document: FlowDocument, ids: Iterable<string>): Set<string> {
  const all = new Set(ids);
  let grew = true;
  while (grew) {
    grew = false;
    for (const node of document.nodes) {
      if (node.parent && all.has(node.parent) && !all.has(node.id)) {
        all.add(node.id);
        grew = true;
      }
    }
  }
  return all;
}

export function removeSelection(
  document: FlowDocument,
  ids: string[],
  edges: FlowEdge[] = [],
  notes: string[] = [],
): Command {
  const commands: Command[] = [
    { type: "remove_edges", edges },
    { type: "remove_nodes", ids: [...withChildren(document, ids)] },
  ];
  const kept = document.notes?.filter(({ id }) => !notes.includes(id));
  if (kept && kept.length < (document.notes?.length ?? 0))
    commands.push({ type: "set", key: "notes", value: kept.length > 0 ? kept : undefined });
  return { type: "batch", commands };
}

/** Change a node's id and every place that names it. */
export function renameNode(document: FlowDocument, from: string, to: string): Command {
  const commands: Command[] = [];
  const touching = document.edges.flatMap((edge, index) =>
    edge.from === from || edge.to === from ? [{ index, edge }] : [],
  );
  commands.push({ type: "remove_edges", edges: touching.map(({ edge }) => edge) });
  for (const node of document.nodes) {
    const own = node.id === from ? { ...node, id: to } : node;
    const moved = own.parent === from ? { ...own, parent: to } : own;
    const renamed = { ...moved, params: renameReferences(moved.params, from, to) };
    if (JSON.stringify(renamed) !== JSON.stringify(node))
      commands.push({ type: "replace_node", id: node.id, node: renamed });
  }
  const place = document.layout?.[from];
  if (place) commands.push({ type: "move", positions: { [from]: null, [to]: place } });
  const end = (id: string) => (id === from ? to : id);
  commands.push({
    type: "insert_edges",
    edges: touching.map(({ index, edge }) => ({
      index,
      edge: { ...edge, from: end(edge.from), to: end(edge.to) },
    })),
  });
  if (document.settings)
    commands.push({ type: "set", key: "settings", value: renameReferences(document.settings, from, to) });
  return { type: "batch", commands };
}

/** The alias under which a connector is known in the document, adding one when it is new. */
export function aliasFor(
  document: FlowDocument,
  connector: string,
): { alias: string; command: Command | null } {
  const known = Object.entries(document.connections).find(([, entry]) => entry.connector === connector);
  if (known) return { alias: known[0], command: null };
  const base = connector.split("_")[0] ?? connector;
  let alias = base;
  for (let number = 2; document.connections[alias]; number += 1) alias = `${base}_${number}`;
  const connections = { ...document.connections, [alias]: { connector } };
  return { alias, command: { type: "set", key: "connections", value: connections } };
}

export function after(document: FlowDocument, command: Command | null): FlowDocument {
  return command ? apply(document, command).document : document;
}

/** Places nodes left to right with dagre; what is inside a for-each is laid out beneath it as one block. Pure. */
import dagre from "@dagrejs/dagre";
import type { FlowDocument, Point } from "./types";

export const NODE_WIDTH = 220;
export const NODE_HEIGHT = 64;
export const FRAME_GAP = 44;
export const FRAME_PADDING = 20;

interface Block {
  width: number;
  height: number;
  places: Record<string, Point>;
}

/** Places for every node; with `perRow`, columns past that many go on in a new row, as text does. */
export function tidy(document: FlowDocument, perRow = Number.POSITIVE_INFINITY): Record<string, Point> {
  return wrapped(document, portsInOrder(document, block(document, null).places), perRow);
}

/** Mirrored top to bottom when fewer ways out of one node cross each other so. */
function portsInOrder(document: FlowDocument, places: Record<string, Point>): Record<string, Point> {
  if (document.nodes.some(({ parent }) => parent))
    return crossings(document, places) > 0 ? swapped(document, places) : places;
  const flipped = Object.fromEntries(Object.entries(places).map(([id, { x, y }]) => [id, { x, y: -y }]));
  if (crossings(document, flipped) >= crossings(document, places)) return places;
  const top = Math.min(...Object.values(flipped).map(({ y }) => y));
  return Object.fromEntries(Object.entries(flipped).map(([id, { x, y }]) => [id, { x, y: y - top }]));
}

function branchesOf(document: FlowDocument): string[][] {
  return document.nodes
    .filter(({ kind }) => kind === "condition")
    .map((node) => {
      const branches = Array.isArray(node.params.branches) ? node.params.branches : [];
      const ports = branches.map((branch) => String((branch as { port?: string } | null)?.port ?? ""));
      const order = (port = "") => (ports.includes(port) ? ports.indexOf(port) : ports.length);
      const leaving = document.edges.filter((edge) => edge.from === node.id && edge.port !== "error");
      return leaving.sort((a, b) => order(a.port) - order(b.port)).map((edge) => edge.to);
    });
}

function crossings(document: FlowDocument, places: Record<string, Point>): number {
  let count = 0;
  for (const targets of branchesOf(document)) {
    targets.forEach((target, at) => {
      const y = places[target]?.y ?? 0;
      count += targets.slice(at + 1).filter((later) => (places[later]?.y ?? 0) < y).length;
    });
  }
  return count;
}

/** Lets targets of one condition that stand in one column change places; what follows them stays. */
function swapped(document: FlowDocument, places: Record<string, Point>): Record<string, Point> {
  const result = { ...places };
  for (const targets of branchesOf(document)) {
    const movable = targets.filter(
      (id) => document.nodes.find((node) => node.id === id)?.kind !== "for_each",
    );
    const isOneColumn = new Set(movable.map((id) => result[id]?.x)).size === 1;
    if (!isOneColumn || movable.length !== targets.length) continue;
    const spots = movable.flatMap((id) => result[id] ?? []).sort((a, b) => a.y - b.y);
    movable.forEach((id, at) => {
      const spot = spots[at];
      if (spot) result[id] = spot;
    });
  }
  return result;
}

const ROW_GAP = 76;

function wrapped(
  document: FlowDocument,
  places: Record<string, Point>,
  perRow: number,
): Record<string, Point> {
  const top = document.nodes.filter((node) => !node.parent && places[node.id]);
  const columns = [...new Set(top.map(({ id }) => places[id]?.x ?? 0))].sort((a, b) => a - b);
  if (columns.length <= perRow) return places;
  const rows = Math.ceil(columns.length / perRow);
  const even = Math.ceil(columns.length / rows);
  const result: Record<string, Point> = {};
  let offsetY = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = new Set(columns.slice(row * even, (row + 1) * even));
    const ids = top.filter(({ id }) => own.has(places[id]?.x ?? 0)).flatMap(({ id }) => family(document, id));
    const spots = ids.flatMap((id) => (places[id] ? [{ id, spot: places[id] }] : []));
    const left = Math.min(...spots.map(({ spot }) => spot.x));
    const high = Math.min(...spots.map(({ spot }) => spot.y));
    const low = Math.max(...spots.map(({ spot }) => spot.y)) + NODE_HEIGHT;
    for (const { id, spot } of spots) result[id] = { x: spot.x - left, y: spot.y - high + offsetY };
    offsetY += low - high + ROW_GAP + FRAME_PADDING;
  }
  return result;
}

function family(document: FlowDocument, id: string): string[] {
  const children = document.nodes.filter(({ parent }) => parent === id);
  return [id, ...children.flatMap((child) => family(document, child.id))];
}

/** How many columns to a row suit a canvas of this shape. */
export function columnsFor(document: FlowDocument, width: number, height: number): number {
  const lanes = 1.6;
  const count = document.nodes.filter(({ parent }) => !parent).length / lanes;
  const ratio = ((width / Math.max(1, height)) * ((NODE_HEIGHT + ROW_GAP) * lanes)) / (NODE_WIDTH + 84);
  return Math.max(3, Math.round(Math.sqrt(Math.max(1, count) * ratio)));
}

function block(document: FlowDocument, parent: string | null): Block {
  const members = document.nodes.filter((node) => (node.parent ?? null) === parent);
  if (members.length === 0) return { width: NODE_WIDTH, height: 0, places: {} };
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 84 });
  graph.setDefaultEdgeLabel(() => ({}));
  const inner = new Map<string, Block>();
  for (const node of members) {
    const children = node.kind === "for_each" ? block(document, node.id) : null;
    if (children && children.height > 0) inner.set(node.id, children);
    const nested = inner.get(node.id);
    graph.setNode(node.id, {
      width: Math.max(NODE_WIDTH, (nested?.width ?? 0) + 2 * FRAME_PADDING),
      height: NODE_HEIGHT + (nested ? FRAME_GAP + nested.height + 2 * FRAME_PADDING : 0),
    });
  }
  const ids = new Set(members.map((node) => node.id));
  for (const edge of document.edges)
    if (ids.has(edge.from) && ids.has(edge.to)) graph.setEdge(edge.from, edge.to);
  dagre.layout(graph);
  const places: Record<string, Point> = {};
  for (const { id } of members) {
    const spot = graph.node(id) as { x: number; y: number; width: number; height: number };
    const corner = { x: Math.round(spot.x - spot.width / 2), y: Math.round(spot.y - spot.height / 2) };
    places[id] = corner;
    const nested = inner.get(id);
    for (const [child, place] of Object.entries(nested?.places ?? {})) {
      places[child] = {
        x: corner.x + FRAME_PADDING + place.x,
        y: corner.y + NODE_HEIGHT + FRAME_GAP + FRAME_PADDING + place.y,
      };
    }
  }
  const size = graph.graph() as { width?: number; height?: number };
  return { width: size.width ?? NODE_WIDTH, height: size.height ?? NODE_HEIGHT, places };
}

const COLUMNS = 6;
const tidied = new WeakMap<FlowDocument["edges"], { nodes: string; places: Record<string, Point> }>();

/** Tidying costs; an edit of a step's parameters changes neither the edges nor which nodes there are. */
function tidyOnce(document: FlowDocument): Record<string, Point> {
  const nodes = document.nodes.map(({ id, parent }) => `${id}<${parent ?? ""}`).join();
  const known = tidied.get(document.edges);
  if (known?.nodes === nodes) return known.places;
  const places = tidy(document, COLUMNS);
  tidied.set(document.edges, { nodes, places });
  return places;
}

/** Every node's place: the stored one, else where tidying would put it. */
export function placesOf(document: FlowDocument): Record<string, Point> {
  const stored = document.layout ?? {};
  const isComplete = document.nodes.every((node) => stored[node.id]);
  return isComplete ? stored : { ...tidyOnce(document), ...stored };
}

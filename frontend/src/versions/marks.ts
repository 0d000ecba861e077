/** One picture of two documents: the newer with what was removed standing where it stood, each part marked. Pure. */
import { type Difference, edgeKey, isEmpty } from "@/document/differences";
import { NODE_HEIGHT, NODE_WIDTH, placesOf } from "@/document/layout";
import type { FlowDocument, FlowEdge, Point } from "@/document/types";

export type Change = "added" | "removed" | "changed";
/** The rest of a picture is `same` beside what differs, and `plain` where nothing does. */
export type Mark = Change | "same" | "plain";

export interface Picture {
  document: FlowDocument;
  nodes: Map<string, Mark>;
  edges: Map<string, Mark>;
}

const SHIFT = NODE_HEIGHT + 28;

export function pictureOf(before: FlowDocument, after: FlowDocument, found: Difference): Picture {
  const gone = new Set(found.removed);
  const ghosts = before.nodes.filter(({ id }) => gone.has(id));
  const places: Record<string, Point> = { ...placesOf(after) };
  const old = placesOf(before);
  for (const { id } of ghosts) places[id] = free(old[id] ?? { x: 0, y: 0 }, Object.values(places));
  const rest: Mark = isEmpty(found) ? "plain" : "same";
  const nodes = new Map<string, Mark>();
  for (const { id } of after.nodes) nodes.set(id, found.changed[id] ? "changed" : rest);
  for (const id of found.added) nodes.set(id, "added");
  for (const id of found.removed) nodes.set(id, "removed");
  const edges = new Map<string, Mark>(after.edges.map((edge) => [edgeKey(edge), rest]));
  for (const edge of found.edges_added) edges.set(edgeKey(edge), "added");
  for (const edge of found.edges_removed) edges.set(edgeKey(edge), "removed");
  return {
    document: {
      ...after,
      connections: { ...before.connections, ...after.connections },
      nodes: [...after.nodes, ...ghosts],
      edges: [...after.edges, ...found.edges_removed],
      layout: places,
    },
    nodes,
    edges,
  };
}

/** The place itself, or the next one below it where no card stands. */
function free(place: Point, taken: Point[]): Point {
  const isTaken = ({ x, y }: Point) =>
    taken.some((other) => Math.abs(other.x - x) < NODE_WIDTH && Math.abs(other.y - y) < NODE_HEIGHT);
  let spot = place;
  while (isTaken(spot)) spot = { x: spot.x, y: spot.y + SHIFT };
  return spot;
}

/** Edges that came or went at a step. */
export function edgesAt(found: Difference, id: string): { edge: FlowEdge; mark: Change }[] {
  const touches = (edge: FlowEdge) => edge.from === id || edge.to === id;
  return [
    ...found.edges_added.filter(touches).map((edge) => ({ edge, mark: "added" as Change })),
    ...found.edges_removed.filter(touches).map((edge) => ({ edge, mark: "removed" as Change })),
  ];
}

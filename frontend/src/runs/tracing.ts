/** Which cards and edges of the canvas a chain lights up. Pure. */
import { edgeId } from "@/canvas/graph";
import type { FlowDocument } from "@/document/types";
import { parsePath } from "./fold";
import type { Link } from "./provenance";
import type { Reach } from "./reached";

export interface Marks {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
}

export function marksOfChain(document: FlowDocument, link: Link): Marks {
  const pairs: [string, string][] = [];
  const visit = (one: Link) => {
    for (const from of one.from) {
      if (from.role === "tested") continue;
      pairs.push([from.place.step, one.place.step]);
      visit(from);
    }
  };
  visit(link);
  return marksOf(document, pairs, [link.place.step]);
}

export function marksOfReach(document: FlowDocument, reach: Reach, start: string): Marks {
  const decided = reach.decisions.map(({ step, from }): [string, string] => [from.step, step]);
  const replied = reach.replies.map(({ step, from }): [string, string] => [from.step, step]);
  const pairs = reach.places.map(({ place, from }): [string, string] => [from.step, place.step]);
  return marksOf(document, [...pairs, ...decided, ...replied], [start]);
}

function marksOf(document: FlowDocument, pairs: [string, string][], steps: string[]): Marks {
  const nodes = new Set(steps.map((step) => parsePath(step).node));
  const edges = new Set<string>();
  for (const [from, to] of pairs) {
    const [source, target] = [parsePath(from).node, parsePath(to).node];
    if (source) nodes.add(source);
    if (target) nodes.add(target);
    for (const id of way(document, source, target)) edges.add(id);
  }
  return { nodes, edges };
}

/** The edges of the shortest way between two cards; into a for-each and out of it by its own card. */
function way(document: FlowDocument, source: string, target: string): string[] {
  if (source === target) return [];
  const before = new Map<string, { node: string; edge: string | null }>([[source, { node: "", edge: null }]]);
  const queue = [source];
  for (let node = queue.shift(); node !== undefined && !before.has(target); node = queue.shift()) {
    const parent = document.nodes.find(({ id }) => id === node)?.parent;
    const onward = [
      ...document.edges
        .filter(({ from }) => from === node)
        .map((edge) => ({ to: edge.to, edge: edgeId(edge) })),
      ...document.nodes
        .filter((child) => child.parent === node && !document.edges.some(({ to }) => to === child.id))
        .map(({ id }) => ({ to: id, edge: `loop:${node}` })),
      ...(parent ? [{ to: parent, edge: null }] : []),
    ];
    for (const { to, edge } of onward) {
      if (before.has(to)) continue;
      before.set(to, { node, edge });
      queue.push(to);
    }
  }
  const edges: string[] = [];
  for (let step = before.get(target); step?.node; step = before.get(step.node))
    if (step.edge) edges.push(step.edge);
  return edges;
}

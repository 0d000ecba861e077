/** Moving steps in the flow: into and out of for-eaches, before and after other steps, and wrapping them in a new one.
 *  Edges that would cross a frame are cut and what stood before is led on to what stood after. Pure builders. */
import { apply, type Command, sameEdge } from "./commands";
import { addNode, after, connect, freeId, refusalOf, withChildren } from "./edits";
import { loopsAround, nodeOf } from "./graph";
import { FRAME_GAP, FRAME_PADDING, NODE_HEIGHT, NODE_WIDTH, placesOf } from "./layout";
import type { FlowDocument, FlowEdge, FlowNode } from "./types";

/** Why the steps cannot be put into this for-each (or out of all, with null); null when they can. */
export function whyNotInto(document: FlowDocument, ids: string[], parent: string | null): string | null {
  if (ids.some((id) => nodeOf(document, id)?.kind === "trigger"))
    return "A trigger begins the flow; it cannot be repeated.";
  if (parent && withChildren(document, ids).has(parent)) return "A for-each cannot be put into itself.";
  return null;
}

/** Put steps into a for-each, or out to the level of `parent` (null: the flow itself). */
export function putInto(document: FlowDocument, ids: string[], parent: string | null): Command {
  const roots = rootsOf(document, ids).filter((id) => (nodeOf(document, id)?.parent ?? null) !== parent);
  if (roots.length === 0 || whyNotInto(document, roots, parent)) return { type: "batch", commands: [] };
  const commands: Command[] = [detach(document, roots)];
  let present = after(document, commands[0] ?? null);
  const step = (command: Command) => {
    commands.push(command);
    present = apply(present, command).document;
  };
  for (const id of roots) {
    const node = nodeOf(present, id);
    if (node) step({ type: "replace_node", id, node: withParent(node, parent) });
  }
  for (const edge of joining(document, present, roots, parent)) {
    if (refusalOf(present, edge) === null) step(connect(present, edge));
  }
  return { type: "batch", commands };
}

/** Take the steps out of the row they stand in; those before them lead on to those after them. */
export function detach(document: FlowDocument, ids: string[]): Command {
  const own = new Set(ids);
  const into = document.edges.filter((edge) => own.has(edge.to) && !own.has(edge.from));
  const out = document.edges.filter((edge) => own.has(edge.from) && !own.has(edge.to));
  const commands: Command[] = [{ type: "remove_edges", edges: [...into, ...out] }];
  let present = after(document, commands[0] ?? null);
  for (const before of into) {
    for (const next of out.filter(({ port }) => port !== "error")) {
      const bridge: FlowEdge = { ...before, to: next.to };
      if (refusalOf(present, bridge) !== null) continue;
      commands.push(connect(present, bridge));
      present = after(present, commands.at(-1) ?? null);
    }
  }
  return { type: "batch", commands };
}

/** Directly after `target`, by its way out `port`: what followed there now follows the moved step. */
export function moveAfter(document: FlowDocument, id: string, target: string, port: string | null): Command {
  return reseat(document, id, target, (present) => {
    const leaving = present.edges.filter(
      (edge) => edge.from === target && (edge.port ?? null) === port && edge.to !== id,
    );
    const into: FlowEdge = { from: target, to: id, ...(port ? { port } : {}) };
    return { cut: leaving, draw: [into, ...leaving.map(({ to }) => ({ from: id, to }))] };
  });
}

/** Directly before `target`: whatever led there now leads to the moved step. */
export function moveBefore(document: FlowDocument, id: string, target: string): Command {
  if (nodeOf(document, target)?.kind === "trigger") return { type: "batch", commands: [] };
  return reseat(document, id, target, (present) => {
    const coming = present.edges.filter((edge) => edge.to === target && edge.from !== id);
    return { cut: coming, draw: [...coming.map((edge) => ({ ...edge, to: id })), { from: id, to: target }] };
  });
}

function reseat(
  document: FlowDocument,
  id: string,
  target: string,
  seat: (present: FlowDocument) => { cut: FlowEdge[]; draw: FlowEdge[] },
): Command {
  const isOwn = withChildren(document, [id]).has(target);
  if (isOwn || nodeOf(document, id)?.kind === "trigger") return { type: "batch", commands: [] };
  const commands: Command[] = [detach(document, [id])];
  let present = after(document, commands[0] ?? null);
  const step = (command: Command) => {
    commands.push(command);
    present = apply(present, command).document;
  };
  const node = nodeOf(present, id);
  const parent = nodeOf(present, target)?.parent ?? null;
  if (node && (node.parent ?? null) !== parent)
    step({ type: "replace_node", id, node: withParent(node, parent) });
  const { cut, draw } = seat(present);
  step({ type: "remove_edges", edges: cut });
  for (const edge of draw) if (refusalOf(present, edge) === null) step(connect(present, edge));
  return { type: "batch", commands };
}

/** A new for-each around steps of one level: edges that led into or out of them now lead to and from it. */
export function wrapInLoop(document: FlowDocument, ids: string[]): { command: Command; id: string } | null {
  const roots = rootsOf(document, ids).filter((id) => nodeOf(document, id)?.kind !== "trigger");
  const first = nodeOf(document, roots[0] ?? "");
  if (!first || roots.some((id) => nodeOf(document, id)?.parent !== first.parent)) return null;
  const id = freeId(document, "For each");
  const own = new Set(roots);
  const loop = withParent(
    { id, kind: "for_each", title: "For each", params: { items: "" } },
    first.parent ?? null,
  );
  const crossing = document.edges.filter((edge) => own.has(edge.from) !== own.has(edge.to));
  const drawn: FlowEdge[] = [];
  for (const edge of crossing) {
    const error = edge.port === "error" ? { port: "error" } : {};
    const next: FlowEdge = own.has(edge.to) ? { ...edge, to: id } : { from: id, to: edge.to, ...error };
    if (!drawn.some((other) => sameEdge(other, next))) drawn.push(next);
  }
  const places = placesOf(document);
  const spots = roots.flatMap((root) => (places[root] ? [places[root]] : []));
  const corner = { x: Math.min(...spots.map(({ x }) => x)), y: Math.min(...spots.map(({ y }) => y)) };
  const down = NODE_HEIGHT + FRAME_GAP + FRAME_PADDING + 8;
  const moved = [...withChildren(document, roots)].flatMap((inner) => {
    const spot = places[inner];
    return spot ? [[inner, { x: spot.x + FRAME_PADDING, y: spot.y + down }] as const] : [];
  });
  const commands: Command[] = [
    { type: "remove_edges", edges: crossing },
    addNode(document, loop, corner),
    ...roots.flatMap((root): Command[] => {
      const node = nodeOf(document, root);
      return node ? [{ type: "replace_node", id: root, node: withParent(node, id) }] : [];
    }),
    { type: "move", positions: Object.fromEntries(moved) },
  ];
  let present = after(document, { type: "batch", commands });
  for (const edge of drawn) {
    if (refusalOf(present, edge) !== null) continue;
    commands.push(connect(present, edge));
    present = after(present, commands.at(-1) ?? null);
  }
  return { command: { type: "batch", commands }, id };
}

/** The chosen steps that do not come along with another chosen one anyway. */
export function rootsOf(document: FlowDocument, ids: string[]): string[] {
  const chosen = new Set(ids);
  const parents = new Map(document.nodes.map((node) => [node.id, node.parent]));
  return ids.filter((id) => !loopsAround(parents, id).some((loop) => chosen.has(loop)));
}

function withParent({ parent: _, ...node }: FlowNode, parent: string | null): FlowNode {
  return parent ? { ...node, parent } : node;
}

/** What leads to the moved steps in their new place: the end of the row inside, or the for-each they came out of. */
function joining(
  before: FlowDocument,
  present: FlowDocument,
  ids: string[],
  parent: string | null,
): FlowEdge[] {
  const own = new Set(ids);
  const heads = ids.filter((id) => !present.edges.some(({ to }) => to === id));
  const tails = ids.filter((id) => !present.edges.some(({ from }) => from === id));
  const left = nodeOf(before, ids[0] ?? "")?.parent ?? null;
  if (parent === null || left !== null) {
    const isOut = left !== null && (nodeOf(present, left)?.parent ?? null) === parent;
    const isFree = !present.edges.some(({ from, port }) => from === left && !port);
    if (isOut && isFree && left) return heads.map((to) => ({ from: left, to }));
  }
  if (parent === null) return [];
  const inside = present.nodes.filter((node) => node.parent === parent && !own.has(node.id));
  const places = placesOf(present);
  const x = (id: string) => places[id]?.x ?? 0;
  const ends = inside.filter(({ id }) => !present.edges.some(({ from }) => from === id));
  const starts = inside.filter(({ id }) => !present.edges.some(({ to }) => to === id));
  const start = starts[0];
  const end = ends[0];
  if (starts.length === 1 && start && ids.every((id) => x(id) + NODE_WIDTH / 2 < x(start.id)))
    return tails.map((from) => ({ from, to: start.id }));
  return ends.length === 1 && end && end.kind !== "fail" ? heads.map((to) => ({ from: end.id, to })) : [];
}

/** Puts entries of the palette into the document: where, connected to what, inside which for-each. */
import { useCallback } from "react";
import type { Command } from "@/document/commands";
import { addNode, after, connect, insertOnEdge, refusalOf } from "@/document/edits";
import { portsOf } from "@/document/graph";
import { NODE_HEIGHT, NODE_WIDTH, placesOf } from "@/document/layout";
import type { FlowDocument, FlowEdge, FlowNode, Point } from "@/document/types";
import { tell } from "@/ui/notify";
import { nameOf } from "./actions";
import { type Entry, nodeFrom } from "./catalogue";
import { useEditor } from "./editor";

export interface Placement {
  position?: Point;
  from?: { node: string; port: string | null };
  edge?: FlowEdge;
  parent?: string;
}

/** The command that adds the entry, and the id of the new (or changed) node. */
export function addEntry(
  document: FlowDocument,
  entry: Entry,
  placement: Placement,
): { command: Command; id: string } {
  const made = nodeFrom(document, entry);
  const commands: Command[] = made.before ? [made.before] : [];
  const present = after(document, made.before);
  const trigger = document.nodes.find(({ kind }) => kind === "trigger");
  if (entry.kind === "trigger" && trigger) {
    const changed: FlowNode = { ...trigger, title: made.node.title, params: made.node.params };
    commands.push({ type: "replace_node", id: trigger.id, node: changed });
    return { command: { type: "batch", commands }, id: trigger.id };
  }
  const node = withParent(document, made.node, placement);
  const position = placement.position ?? placeFor(document, placement);
  if (placement.edge) {
    const source = document.nodes.find(({ id }) => id === placement.edge?.from);
    const inner = source?.parent ? { ...node, parent: source.parent } : node;
    commands.push(insertOnEdge(present, placement.edge, inner, position));
    return { command: { type: "batch", commands }, id: node.id };
  }
  commands.push(addNode(present, node, position));
  if (placement.from) {
    const edge: FlowEdge = { from: placement.from.node, to: node.id };
    const port = placement.from.port ?? mainPort(document, placement.from.node);
    if (port) edge.port = port;
    const withNode = after(document, { type: "batch", commands });
    if (refusalOf(withNode, edge) === null) commands.push(connect(withNode, edge));
  }
  return { command: { type: "batch", commands }, id: node.id };
}

/** The way out that is meant when none is named: the ordinary one, or the first free branch of a condition. */
export function mainPort(document: FlowDocument, id: string): string | null {
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node?.kind !== "condition") return null;
  const ways = portsOf(node, null).filter(({ isError }) => !isError);
  const taken = document.edges.filter((edge) => edge.from === id).map(({ port }) => port);
  return (ways.find(({ name }) => !taken.includes(name ?? undefined)) ?? ways.at(-1))?.name ?? null;
}

function withParent(document: FlowDocument, node: FlowNode, placement: Placement): FlowNode {
  const source = document.nodes.find(({ id }) => id === placement.from?.node);
  const parent = placement.parent ?? source?.parent;
  return parent && node.kind !== "trigger" ? { ...node, parent } : node;
}

/** A free spot to the right of what it follows, or beneath the for-each it goes into, or at the end. */
function placeFor(document: FlowDocument, placement: Placement): Point {
  const places = placesOf(document);
  const all = Object.values(places);
  const anchor = placement.from?.node ?? placement.edge?.from;
  const before = anchor ? places[anchor] : undefined;
  const inside = placement.parent ? places[placement.parent] : undefined;
  const last = all.reduce<Point | undefined>(
    (far, place) => (!far || place.x > far.x ? place : far),
    undefined,
  );
  const start = before
    ? { x: before.x + NODE_WIDTH + 84, y: before.y }
    : inside
      ? { x: inside.x + 20, y: inside.y + NODE_HEIGHT + 64 }
      : last
        ? { x: last.x + NODE_WIDTH + 84, y: last.y }
        : { x: 0, y: 0 };
  const spot = { ...start };
  const hits = () =>
    all.some(
      (place) =>
        Math.abs(place.x - spot.x) < NODE_WIDTH + 20 && Math.abs(place.y - spot.y) < NODE_HEIGHT + 20,
    );
  while (hits()) spot.y += NODE_HEIGHT + 36;
  return spot;
}

/** “Create order added after Kind of charge, by refund”. */
function saidOf(document: FlowDocument, id: string, { from, edge, parent }: Placement): string {
  const added = `${nameOf(document, id)} added`;
  const before = from?.node ?? edge?.from;
  if (before) {
    const port = from?.port ?? edge?.port;
    return `${added} after ${nameOf(document, before)}${port ? `, by ${port}` : ""}`;
  }
  return parent ? `${added} inside ${nameOf(document, parent)}` : added;
}

export function useAddEntry(): (entry: Entry, placement?: Placement) => string | null {
  const { store, view, editable } = useEditor();
  return useCallback(
    (entry, placement = {}) => {
      if (!editable) return null;
      const { document, run } = store.getState();
      const had = entry.kind === "trigger" && document.nodes.some(({ kind }) => kind === "trigger");
      const { command, id } = addEntry(document, entry, placement);
      run(command, `add ${entry.title}`);
      view.getState().select([id]);
      view.getState().say(saidOf(store.getState().document, id, placement));
      if (had) tell(`The flow now begins with “${entry.title}”. A flow has one trigger.`);
      return id;
    },
    [store, view, editable],
  );
}

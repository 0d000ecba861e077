/** Turns a document into what the canvas library draws: cards, frames around for-eaches, edges. Pure. */
import type { Edge, Node } from "@xyflow/react";
import type { Connector, NodeKind } from "@/api/types";
import { type Port, portsOf } from "@/document/graph";
import { FRAME_GAP, FRAME_PADDING, NODE_HEIGHT, NODE_WIDTH, placesOf } from "@/document/layout";
import type { FlowDocument, FlowEdge, FlowNode, Note, Point, Problem } from "@/document/types";
import { handlesOf, MAIN_HANDLE } from "./handles";
import { connectorOf, lineOf, shapeOf, titleOf } from "./kinds";

export { MAIN_HANDLE };

export interface StepView {
  status: string;
  count?: number;
  done?: number;
  attempts?: number;
}

/** Words under a card about a test: as expected, or what differs. */
export interface CardMark {
  tone: "good" | "bad";
  words: string;
}

export interface CardData extends Record<string, unknown> {
  node: FlowNode;
  title: string;
  line: string;
  shape: string;
  connector: Connector | null;
  ports: (Port & { connected: boolean })[];
  problem: "error" | "warning" | null;
  step: StepView | null;
  /** Tests answer with a pinned output instead of doing the step. */
  pinned?: boolean;
  mark?: CardMark | null;
  editable: boolean;
  /** Drawn small: only icon, title and state, in larger letters. */
  compact?: boolean;
}
export interface FrameData extends Record<string, unknown> {
  parent: string;
  empty: boolean;
  editable: boolean;
  label: string;
  /** What is dragged would fall in here. */
  drop?: boolean;
}
export interface NoteData extends Record<string, unknown> {
  note: Note;
  editable: boolean;
}
export interface EdgeData extends Record<string, unknown> {
  edge: FlowEdge;
  lit: boolean;
  dead: boolean;
  isError: boolean;
  editable: boolean;
  /** The height at which an edge that leads back runs between the rows. */
  channel?: number;
}
export type CardNode = Node<CardData, "card">;
export type FrameNode = Node<FrameData, "frame">;
export type NoteNode = Node<NoteData, "note">;
export type CanvasNode = CardNode | FrameNode | NoteNode;
export type CanvasEdge = Edge<EdgeData, "flow">;

export interface DrawOptions {
  connectors: Connector[];
  kinds: NodeKind[];
  problems?: Map<string, "error" | "warning">;
  steps?: Map<string, StepView>;
  pinned?: ReadonlySet<string>;
  marks?: ReadonlyMap<string, CardMark>;
  edgeState?: (edge: FlowEdge) => "lit" | "dead" | null;
  editable: boolean;
}

const PORT_STEP = 22;

export function heightOf(node: FlowNode, kinds: NodeKind[]): number {
  const declared = kinds.find(({ kind }) => kind === node.kind)?.ports;
  const ways = portsOf(node, declared).filter(({ isError }) => !isError).length;
  return Math.max(NODE_HEIGHT, ways > 2 ? ways * PORT_STEP + 8 : NODE_HEIGHT);
}

export function drawNodes(document: FlowDocument, options: DrawOptions): CardNode[] {
  const places = placesOf(document);
  const taken = new Set(document.edges.map((edge) => `${edge.from}|${edge.port ?? ""}`));
  return document.nodes.map((node) => {
    const declared = options.kinds.find(({ kind }) => kind === node.kind)?.ports;
    const title = titleOf(node);
    const line = lineOf(document, node, options.connectors);
    const step = options.steps?.get(node.id) ?? null;
    const height = heightOf(node, options.kinds);
    const ports = portsOf(node, declared).map((port) => ({
      ...port,
      connected: taken.has(`${node.id}|${port.name ?? ""}`),
    }));
    const { editable } = options;
    return {
      id: node.id,
      type: "card",
      position: places[node.id] ?? { x: 0, y: 0 },
      width: NODE_WIDTH,
      height,
      // Known from the start, so that the canvas keeps the places of handles when a card changes.
      measured: { width: NODE_WIDTH, height },
      handles: handlesOf({ width: NODE_WIDTH, height, kind: node.kind, ports, editable }),
      ariaLabel: `${title}, ${line}${step ? `, ${step.status}` : ""}${options.marks?.has(node.id) ? `, ${options.marks.get(node.id)?.words}` : ""}`,
      data: {
        node,
        title,
        line,
        step,
        shape: shapeOf(node.kind),
        connector: connectorOf(document, node, options.connectors) ?? null,
        ports,
        problem: options.problems?.get(node.id) ?? null,
        pinned: options.pinned?.has(node.id) ?? false,
        mark: options.marks?.get(node.id) ?? null,
        editable,
      },
    };
  });
}

/** Cards that would look the same are the same objects, so that only what changed is drawn anew. */
export function keepSame(before: CardNode[], now: CardNode[]): CardNode[] {
  const known = new Map(before.map((card) => [card.id, card]));
  return now.map((card) => {
    const old = known.get(card.id);
    return old && looksSame(old, card) ? old : card;
  });
}

function looksSame(a: CardNode, b: CardNode): boolean {
  const ports = ({ data }: CardNode) => data.ports.map(({ name, connected }) => `${name}${connected}`).join();
  return (
    a.data.node === b.data.node &&
    a.position.x === b.position.x &&
    a.position.y === b.position.y &&
    a.height === b.height &&
    a.ariaLabel === b.ariaLabel &&
    a.data.problem === b.data.problem &&
    a.data.connector === b.data.connector &&
    a.data.editable === b.data.editable &&
    JSON.stringify([a.data.step, a.data.pinned, a.data.mark]) ===
      JSON.stringify([b.data.step, b.data.pinned, b.data.mark]) &&
    ports(a) === ports(b)
  );
}

export const NOTE_PREFIX = "note:";

export function drawNotes(document: FlowDocument, editable: boolean, chosen: string[] = []): NoteNode[] {
  return (document.notes ?? []).map((note) => ({
    id: NOTE_PREFIX + note.id,
    type: "note",
    position: { x: note.x, y: note.y },
    width: note.width,
    height: note.height,
    measured: { width: note.width, height: note.height },
    handles: [],
    zIndex: -2,
    connectable: false,
    selected: chosen.includes(note.id),
    ariaLabel: `Note: ${note.text || "empty"}`,
    data: { note, editable },
  }));
}

/** The frames behind what is inside for-eaches, from where the cards are just now. */
export function drawFrames(document: FlowDocument, cards: CardNode[], editable: boolean): FrameNode[] {
  const byId = new Map(cards.map((card) => [card.id, card]));
  return document.nodes
    .filter((node) => node.kind === "for_each" && byId.has(node.id))
    .map((node) => {
      const rect = frameOf(document, node.id, byId);
      return {
        id: `frame:${node.id}`,
        type: "frame",
        position: { x: rect.x, y: rect.y },
        width: rect.width,
        height: rect.height,
        measured: { width: rect.width, height: rect.height },
        zIndex: -1,
        selectable: false,
        draggable: false,
        focusable: false,
        connectable: false,
        data: {
          parent: node.id,
          empty: rect.empty,
          editable,
          label: `for each ${lineOf(document, node, [])}`,
        },
      } satisfies FrameNode;
    });
}

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
  empty: boolean;
}

function frameOf(document: FlowDocument, parent: string, cards: Map<string, CardNode>): Rect {
  const boxes = document.nodes
    .filter((node) => node.parent === parent)
    .flatMap((child) => {
      const card = cards.get(child.id);
      if (!card) return [];
      const own: Rect = { ...card.position, width: card.width ?? 0, height: card.height ?? 0, empty: false };
      return child.kind === "for_each" ? [own, frameOf(document, child.id, cards)] : [own];
    });
  const card = cards.get(parent);
  if (boxes.length === 0) {
    const at = card?.position ?? { x: 0, y: 0 };
    return { x: at.x, y: at.y + NODE_HEIGHT + FRAME_GAP, width: NODE_WIDTH, height: 72, empty: true };
  }
  const left = Math.min(...boxes.map(({ x }) => x)) - FRAME_PADDING;
  const top = Math.min(...boxes.map(({ y }) => y)) - FRAME_PADDING - 8;
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + FRAME_PADDING;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + FRAME_PADDING;
  return { x: left, y: top, width: right - left, height: bottom - top, empty: false };
}

export function edgeId(edge: FlowEdge): string {
  return `${edge.from}|${edge.port ?? ""}|${edge.to}`;
}

export function drawEdges(document: FlowDocument, options: DrawOptions): CanvasEdge[] {
  const kinds = new Map(document.nodes.map((node) => [node.id, node.kind]));
  const places = placesOf(document);
  const gaps = gapsBetween(Object.values(places));
  const edges: CanvasEdge[] = document.edges
    .filter((edge) => kinds.has(edge.from) && kinds.has(edge.to))
    .map((edge) => {
      const state = options.edgeState?.(edge) ?? null;
      const isError = edge.port === "error";
      return {
        id: edgeId(edge),
        type: "flow",
        source: edge.from,
        target: edge.to,
        sourceHandle: edge.port && edge.port !== "out" ? edge.port : MAIN_HANDLE,
        targetHandle: "in",
        data: {
          edge,
          lit: state === "lit",
          dead: state === "dead",
          isError,
          editable: options.editable,
          channel: channelOf(gaps, places[edge.from], places[edge.to]),
        },
      };
    });
  for (const node of document.nodes.filter(({ kind }) => kind === "for_each")) {
    edges.push({
      id: `loop:${node.id}`,
      type: "flow",
      source: node.id,
      target: `frame:${node.id}`,
      sourceHandle: "loop",
      targetHandle: "top",
      selectable: false,
      focusable: false,
      data: { edge: { from: node.id, to: node.id }, lit: false, dead: true, isError: false, editable: false },
    });
  }
  return edges;
}

interface Gap {
  top: number;
  bottom: number;
}

/** The empty bands between rows of cards, from top to bottom. */
function gapsBetween(places: Point[]): Gap[] {
  const tops = places.map(({ y }) => y).sort((a, b) => a - b);
  const gaps: Gap[] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const top of tops) {
    if (reach > Number.NEGATIVE_INFINITY && top - reach > 24) gaps.push({ top: reach, bottom: top });
    reach = Math.max(reach, top + NODE_HEIGHT);
  }
  return gaps;
}

function channelOf(gaps: Gap[], from: Point | undefined, to: Point | undefined): number | undefined {
  if (!from || !to || to.x > from.x) return undefined;
  const [high, low] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
  const between = gaps.filter(({ top, bottom }) => top >= high && bottom <= low);
  const widest = between.reduce<Gap | null>(
    (best, gap) => (!best || gap.bottom - gap.top >= best.bottom - best.top ? gap : best),
    null,
  );
  return widest ? (widest.top + widest.bottom) / 2 : undefined;
}

/** The for-each whose frame holds the point; the innermost when they nest. */
export function frameAt(frames: FrameNode[], point: Point): string | null {
  const hits = frames.filter(
    ({ position, width = 0, height = 0 }) =>
      point.x >= position.x &&
      point.x <= position.x + width &&
      point.y >= position.y &&
      point.y <= position.y + height,
  );
  hits.sort((a, b) => (a.width ?? 0) * (a.height ?? 0) - (b.width ?? 0) * (b.height ?? 0));
  return hits[0]?.data.parent ?? null;
}

export function problemsByNode(
  problems: Problem[],
  placeOf: (pointer: string) => { nodeId: string | null },
): Map<string, "error" | "warning"> {
  const found = new Map<string, "error" | "warning">();
  for (const problem of problems) {
    const { nodeId } = placeOf(problem.pointer);
    if (!nodeId || found.get(nodeId) === "error") continue;
    found.set(nodeId, problem.severity === "warning" ? "warning" : "error");
  }
  return found;
}

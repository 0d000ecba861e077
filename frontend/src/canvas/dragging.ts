/** Dragging cards and notes: what is inside a for-each comes along, lines snap to other cards, frames take cards in and
 *  let them out. Nothing touches the document until the pointer lets go; then it is one entry of history. */
import { type NodeChange, useReactFlow } from "@xyflow/react";
import { type Dispatch, type RefObject, type SetStateAction, useMemo, useRef } from "react";
import type { Command } from "@/document/commands";
import { after, withChildren } from "@/document/edits";
import { nodeOf } from "@/document/graph";
import { placesOf } from "@/document/layout";
import { moveNotes } from "@/document/notes";
import { putInto, rootsOf, whyNotInto } from "@/document/regroup";
import type { FlowDocument, Point } from "@/document/types";
import { nameOf, namesOf } from "./actions";
import { clearGuides, snap } from "./alignment";
import { useEditor } from "./editor";
import { type CanvasNode, type CardNode, type FrameNode, frameAt, NOTE_PREFIX } from "./graph";

export interface Drag {
  /** The cards as they stood when the drag began; null while nothing is dragged. */
  start: Map<string, Point> | null;
  dragged: Set<string>;
}

type SetCards = Dispatch<SetStateAction<CardNode[]>>;
type Pointed = { clientX: number; clientY: number };

export function useDrag(): RefObject<Drag> {
  return useRef<Drag>({ start: null, dragged: new Set() });
}

/** A change of places while dragging, brought into line with the cards nearby. */
export function inLine(
  changes: NodeChange<CanvasNode>[],
  cards: CardNode[],
  zoom: number,
): NodeChange<CanvasNode>[] {
  const moving = changes.filter((change) => change.type === "position" && change.dragging);
  const first = moving[0];
  if (first?.type !== "position" || !first.position) return changes;
  const own = cards.find(({ id }) => id === first.id);
  if (!own) return changes;
  const ids = new Set(moving.map((change) => ("id" in change ? change.id : "")));
  const by = snap({ ...own, position: first.position }, cards, ids, 7 / zoom);
  if (by.x === 0 && by.y === 0) return changes;
  return changes.map((change) =>
    change.type === "position" && change.position && change.dragging
      ? { ...change, position: { x: change.position.x + by.x, y: change.position.y + by.y } }
      : change,
  );
}

/** For frames the dragged cards stand still, unless their whole for-each moves: so that one can leave a frame. */
export function cardsForFrames(
  document: FlowDocument,
  cards: CardNode[],
  { start, dragged }: Drag,
): CardNode[] {
  if (!start) return cards;
  return cards.map((card) => {
    const parent = nodeOf(document, card.id)?.parent;
    const from = start.get(card.id);
    return parent && from && dragged.has(card.id) && !dragged.has(parent)
      ? { ...card, position: from }
      : card;
  });
}

export function useDragging(
  drag: RefObject<Drag>,
  cards: RefObject<CardNode[]>,
  frames: RefObject<FrameNode[]>,
  setCards: SetCards,
) {
  const { store, view } = useEditor();
  const flow = useReactFlow();
  return useMemo(() => {
    const begin = (_event: unknown, _node: unknown, nodes: CanvasNode[]) => {
      drag.current.start = new Map(cards.current.map((card) => [card.id, card.position]));
      const ids = nodes.filter(({ type }) => type === "card").map(({ id }) => id);
      drag.current.dragged = withChildren(store.getState().document, ids);
    };
    /** The for-each into which the cards would fall: `undefined` when they stay where they belong. */
    const target = (event: unknown): string | null | undefined => {
      const { document } = store.getState();
      const roots = rootsOf(document, [...drag.current.dragged]);
      const point = event as Pointed;
      if (roots.length === 0 || typeof point.clientX !== "number") return undefined;
      const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
      const open = frames.current.filter(({ data }) => !drag.current.dragged.has(data.parent));
      const into = frameAt(open, at);
      const isSame = roots.every((id) => (nodeOf(document, id)?.parent ?? null) === into);
      return isSame || whyNotInto(document, roots, into) ? undefined : into;
    };
    const move = (event: unknown, _node: unknown, nodes: CanvasNode[]) => {
      const { start, dragged } = drag.current;
      if (!start) return;
      const into = target(event) ?? null;
      if (view.getState().dropInto !== into) view.setState({ dropInto: into });
      const lead = nodes.find(({ type, id }) => type === "card" && start.has(id));
      const carried = [...dragged].filter((id) => !nodes.some((node) => node.id === id));
      if (!lead || carried.length === 0) return;
      const from = start.get(lead.id) ?? lead.position;
      const by = { x: lead.position.x - from.x, y: lead.position.y - from.y };
      const along = new Set(carried);
      setCards((before) =>
        before.map((card) => {
          const at = along.has(card.id) ? start.get(card.id) : undefined;
          return at ? { ...card, position: { x: at.x + by.x, y: at.y + by.y } } : card;
        }),
      );
    };
    const end = (event: unknown, _node: unknown, nodes: CanvasNode[]) => {
      const { start } = drag.current;
      const into = start ? target(event) : undefined;
      const roots = rootsOf(store.getState().document, [...drag.current.dragged]);
      drag.current.start = null;
      view.setState({ dropInto: null });
      clearGuides();
      if (!start) return;
      setCards((current) => {
        queueMicrotask(() => settle(current, start, nodes, roots, into));
        return current;
      });
    };
    const settle = (
      current: CardNode[],
      start: Map<string, Point>,
      nodes: CanvasNode[],
      roots: string[],
      into: string | null | undefined,
    ) => {
      const { document, run } = store.getState();
      const commands: Command[] = [];
      const moved = current.filter(({ id, position }) => {
        const from = start.get(id);
        return from && (from.x !== position.x || from.y !== position.y);
      });
      if (moved.length > 0) {
        const positions = { ...placesOf(document) };
        for (const { id, position } of moved)
          positions[id] = { x: Math.round(position.x), y: Math.round(position.y) };
        commands.push({ type: "move", positions });
      }
      const notes = nodes.filter(({ type }) => type === "note");
      const places = new Map(notes.map(({ id, position }) => [id.slice(NOTE_PREFIX.length), position]));
      const paper = moveNotes(document, places);
      if (paper) commands.push(paper);
      if (into !== undefined && moved.length > 0) {
        commands.push(putInto(after(document, { type: "batch", commands }), roots, into));
        const where = into ? `into ${nameOf(document, into)}` : "out of the for-each";
        view.getState().say(`Moved ${namesOf(document, roots)} ${where}`);
      }
      if (commands.length > 0) run({ type: "batch", commands }, "move");
    };
    return { begin, move, end };
  }, [drag, cards, frames, setCards, store, view, flow]);
}

/** What the canvas shows, kept small per frame: cards that did not change stay the same objects, and while somebody
 *  drags only the dragged ones are new. */
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { placeOf } from "@/document/graph";
import type { CanvasTrial } from "@/trial/marks";
import { cardsForFrames, type Drag } from "./dragging";
import { useDocument, useEditor, useView } from "./editor";
import {
  type CanvasEdge,
  type CanvasNode,
  type CardNode,
  drawEdges,
  drawFrames,
  drawNodes,
  drawNotes,
  type FrameNode,
  keepSame,
  type NoteNode,
  problemsByNode,
} from "./graph";

/** The cards as the canvas holds them: from the document, moved only while somebody drags. */
function useCards(trial: CanvasTrial) {
  const { connectors, kinds, problems, editable } = useEditor();
  const document = useDocument();
  const chosen = useView((state) => state.nodes);
  const drawn = useMemo(() => {
    const marks = problemsByNode(problems, (pointer) => placeOf(document, pointer));
    const { steps, pinned, marks: verdicts } = trial;
    return drawNodes(document, {
      connectors,
      kinds: kinds.items,
      problems: marks,
      steps,
      pinned,
      marks: verdicts,
      editable,
    });
  }, [document, connectors, kinds, problems, editable, trial]);
  const [cards, setCards] = useState<CardNode[]>(drawn);
  useEffect(() => {
    const selected = new Set(chosen);
    setCards((before) =>
      keepSame(before, drawn).map((card) =>
        Boolean(card.selected) === selected.has(card.id)
          ? card
          : { ...card, selected: selected.has(card.id) },
      ),
    );
  }, [drawn, chosen]);
  return [cards, setCards] as const;
}

function useNotes() {
  const { editable } = useEditor();
  const document = useDocument();
  const chosen = useView((state) => state.notes);
  const drawn = useMemo(() => drawNotes(document, editable, chosen), [document, editable, chosen]);
  const [notes, setNotes] = useState<NoteNode[]>(drawn);
  useEffect(() => setNotes(drawn), [drawn]);
  return [notes, setNotes] as const;
}

function useFrames(cards: CardNode[], drag: RefObject<Drag>): FrameNode[] {
  const { editable } = useEditor();
  const document = useDocument();
  const dropInto = useView((state) => state.dropInto);
  const hasLoops = document.nodes.some(({ kind }) => kind === "for_each");
  const known = useRef<FrameNode[]>([]);
  const still = hasLoops ? cards : NO_CARDS;
  return useMemo(() => {
    if (still.length === 0) return NO_FRAMES;
    const now = drawFrames(document, cardsForFrames(document, still, drag.current), editable).map((frame) => {
      const marked =
        dropInto === frame.data.parent ? { ...frame, data: { ...frame.data, drop: true } } : frame;
      const old = known.current.find(({ id }) => id === frame.id);
      return old && JSON.stringify(old) === JSON.stringify(marked) ? old : marked;
    });
    known.current = now;
    return now;
  }, [document, still, editable, dropInto, drag]);
}

const NO_CARDS: CardNode[] = [];
const NO_FRAMES: FrameNode[] = [];

export function usePicture(drag: RefObject<Drag>, trial: CanvasTrial) {
  const { editable } = useEditor();
  const document = useDocument();
  const chosenEdges = useView((state) => state.edges);
  const [cards, setCards] = useCards(trial);
  const [notes, setNotes] = useNotes();
  const frames = useFrames(cards, drag);
  const nodes = useMemo<CanvasNode[]>(() => [...notes, ...frames, ...cards], [notes, frames, cards]);
  const drawn = useMemo(
    () => drawEdges(document, { connectors: [], kinds: [], editable, edgeState: trial.edgeState }),
    [document, editable, trial.edgeState],
  );
  const edges = useMemo<CanvasEdge[]>(() => {
    const picked = new Set(chosenEdges);
    return picked.size === 0 ? drawn : drawn.map((edge) => ({ ...edge, selected: picked.has(edge.id) }));
  }, [drawn, chosenEdges]);
  const latestCards = useRef(cards);
  latestCards.current = cards;
  const latestFrames = useRef(frames);
  latestFrames.current = frames;
  return { nodes, edges, latestCards, latestFrames, setCards, setNotes };
}

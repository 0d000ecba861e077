/** The canvas: draws the document and turns gestures into commands. Keeps no truth of its own but what is dragged. */
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, type FocusEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { connect, refusalOf, withChildren } from "@/document/edits";
import { placeOf } from "@/document/graph";
import { NODE_HEIGHT, NODE_WIDTH, placesOf } from "@/document/layout";
import type { FlowEdge, Point } from "@/document/types";
import type { CanvasTrial } from "@/trial/marks";
import { useCanvasTrial } from "@/trial/useCanvasTrial";
import { useAddEntry } from "./adding";
import { CanvasTools } from "./CanvasTools";
import classes from "./canvas.module.css";
import { useDocument, useEditor, useView } from "./editor";
import { FlowEdge as EdgeView } from "./FlowEdge";
import { type CanvasActions, CanvasActionsContext, Frame } from "./Frame";
import {
  type CanvasEdge,
  type CanvasNode,
  type CardNode,
  drawEdges,
  drawFrames,
  drawNodes,
  edgeId,
  frameAt,
  MAIN_HANDLE,
  problemsByNode,
} from "./graph";
import { useCanvasKeys } from "./keys";
import { NodeCard } from "./NodeCard";
import { DRAG_TYPE } from "./Palette";
import { useFirstView, useInSight } from "./view";

const NODE_TYPES = { card: NodeCard, frame: Frame };
const EDGE_TYPES = { flow: EdgeView };

function edgeOf(connection: Pick<Connection, "source" | "target" | "sourceHandle">): FlowEdge {
  const port = connection.sourceHandle === MAIN_HANDLE ? undefined : connection.sourceHandle;
  return { from: connection.source, to: connection.target, ...(port ? { port } : {}) };
}

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
    setCards(drawn.map((card) => ({ ...card, selected: selected.has(card.id) })));
  }, [drawn, chosen]);
  return [cards, setCards] as const;
}

export function FlowCanvas() {
  const editor = useEditor();
  const { store, view, entries, editable } = editor;
  const document = useDocument();
  const chosenEdges = useView((state) => state.edges);
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const add = useAddEntry();
  const trial = useCanvasTrial();
  const [cards, setCards] = useCards(trial);
  const dragStart = useRef<Map<string, Point>>(new Map());
  const [firstDocument] = useState(document);
  const chosen = useView((state) => state.nodes);
  const bringInSight = useInSight();
  useCanvasKeys();
  useFirstView(null, firstDocument);

  useEffect(() => {
    const only = chosen.length === 1 ? chosen[0] : undefined;
    if (!only) return;
    const timer = setTimeout(() => bringInSight(only), 80);
    return () => clearTimeout(timer);
  }, [chosen, bringInSight]);

  const frames = useMemo(() => drawFrames(document, cards, editable), [document, cards, editable]);
  const nodes = useMemo<CanvasNode[]>(() => [...frames, ...cards], [frames, cards]);
  const edges = useMemo(() => {
    const picked = new Set(chosenEdges);
    const drawn = drawEdges(document, {
      connectors: [],
      kinds: [],
      editable,
      edgeState: trial.edgeState,
    });
    return drawn.map((edge) => ({ ...edge, selected: picked.has(edge.id) }));
  }, [document, chosenEdges, editable, trial.edgeState]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const onCards = changes.filter((change) => !("id" in change && change.id.startsWith("frame:")));
      const selections = onCards.filter((change) => change.type === "select");
      if (selections.length > 0) {
        const next = new Set(view.getState().nodes);
        for (const change of selections) change.selected ? next.add(change.id) : next.delete(change.id);
        view.getState().select([...next], next.size > 0 ? [] : view.getState().edges);
      }
      setCards((before) => applyNodeChanges(onCards as NodeChange<CardNode>[], before));
    },
    [view, setCards],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<CanvasEdge>[]) => {
      const selections = changes.filter((change) => change.type === "select");
      if (selections.length === 0) return;
      const next = new Set(view.getState().edges);
      for (const change of selections) change.selected ? next.add(change.id) : next.delete(change.id);
      view.getState().select(next.size > 0 ? [] : view.getState().nodes, [...next]);
    },
    [view],
  );

  const onDragStart = () => {
    dragStart.current = new Map(cards.map((card) => [card.id, card.position]));
  };
  /** What is inside a dragged for-each comes along. */
  const onDrag = (_event: unknown, _node: CanvasNode, dragged: CanvasNode[]) => {
    const ids = new Set(dragged.map(({ id }) => id));
    const shift = new Map<string, Point>();
    for (const card of dragged) {
      const start = dragStart.current.get(card.id);
      if (!start) continue;
      for (const inner of withChildren(document, [card.id]))
        if (!ids.has(inner)) shift.set(inner, { x: card.position.x - start.x, y: card.position.y - start.y });
    }
    if (shift.size === 0) return;
    setCards((before) =>
      before.map((card) => {
        const by = shift.get(card.id);
        const start = dragStart.current.get(card.id);
        return by && start ? { ...card, position: { x: start.x + by.x, y: start.y + by.y } } : card;
      }),
    );
  };
  const onDragStop = () => {
    setCards((current) => {
      const moved = current.filter((card) => {
        const start = dragStart.current.get(card.id);
        return start && (start.x !== card.position.x || start.y !== card.position.y);
      });
      if (moved.length > 0) {
        const all = { ...placesOf(document) };
        for (const card of moved)
          all[card.id] = { x: Math.round(card.position.x), y: Math.round(card.position.y) };
        queueMicrotask(() => store.getState().run({ type: "move", positions: all }, "move"));
      }
      return current;
    });
  };

  const onConnect = (connection: Connection) => {
    const { document: current, run } = store.getState();
    const edge = edgeOf(connection);
    if (refusalOf(current, edge) === null) run(connect(current, edge), "connect");
  };
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || !state.fromNode || state.toNode || state.fromHandle?.type !== "source") return;
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!point) return;
    const port = state.fromHandle.id === MAIN_HANDLE ? null : (state.fromHandle.id ?? null);
    const at = { x: point.clientX, y: point.clientY };
    view.getState().openQuickAdd({ at, from: { node: state.fromNode.id, port } });
  };

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const entry = entries.find(({ id }) => id === event.dataTransfer.getData(DRAG_TYPE));
    if (!entry) return;
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const under = globalThis.document.elementFromPoint(event.clientX, event.clientY);
    const hit = under?.closest(".react-flow__edge")?.getAttribute("data-id");
    const edge = document.edges.find((candidate) => edgeId(candidate) === hit);
    const position = { x: Math.round(point.x - NODE_WIDTH / 2), y: Math.round(point.y - NODE_HEIGHT / 2) };
    add(entry, { position, edge, parent: frameAt(frames, point) ?? undefined });
  };

  /** Reaching a step with Tab chooses it. */
  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const id = event.target.classList.contains("react-flow__node") ? event.target.dataset.id : undefined;
    if (id && event.target.matches(":focus-visible")) view.getState().select([id]);
  };

  const actions = useMemo<CanvasActions>(
    () => ({
      addInside: (parent, at) => view.getState().openQuickAdd({ at, parent }),
      addOnEdge: (id, at) => {
        const edge = store.getState().document.edges.find((candidate) => edgeId(candidate) === id);
        if (edge) view.getState().openQuickAdd({ at, edge });
      },
    }),
    [store, view],
  );

  return (
    <CanvasActionsContext.Provider value={editable ? actions : null}>
      <ReactFlow<CanvasNode, CanvasEdge>
        className={classes.canvas}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDoubleClick={(_event, { id }) => {
          const isMap = document.nodes.some((node) => node.id === id && node.kind === "map");
          if (isMap) view.getState().openMapper(id);
        }}
        onNodeDragStart={onDragStart}
        onNodeDrag={onDrag}
        onNodeDragStop={onDragStop}
        onSelectionDragStart={onDragStart}
        onSelectionDragStop={onDragStop}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={(candidate) => refusalOf(document, edgeOf(candidate as Connection)) === null}
        onPaneClick={() => view.getState().select([])}
        onFocus={onFocus}
        onDrop={onDrop}
        onDragOver={(event) => event.preventDefault()}
        nodesDraggable={editable}
        nodesConnectable={editable}
        deleteKeyCode={null}
        disableKeyboardA11y
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Meta", "Control", "Shift"]}
        panActivationKeyCode="Space"
        panOnScroll
        zoomOnDoubleClick={false}
        minZoom={0.15}
        maxZoom={1.6}
        snapToGrid
        snapGrid={[8, 8]}
        onlyRenderVisibleElements={document.nodes.length > 150}
        connectionRadius={28}
        proOptions={{ hideAttribution: true }}
        aria-label="Canvas of the flow"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--canvas-dot)" />
        <CanvasTools editable={editable} />
        {document.nodes.length > 6 && (
          <MiniMap pannable zoomable className={classes.map} ariaLabel="Overview" />
        )}
      </ReactFlow>
    </CanvasActionsContext.Provider>
  );
}

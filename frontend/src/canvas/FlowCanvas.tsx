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
import {
  type DragEvent,
  type FocusEvent,
  type MouseEvent as ReactMouseEvent,
  startTransition,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from "react";
import { connect, refusalOf } from "@/document/edits";
import { NODE_HEIGHT, NODE_WIDTH } from "@/document/layout";
import type { FlowEdge } from "@/document/types";
import { useCanvasTrial } from "@/trial/useCanvasTrial";
import { nameOf } from "./actions";
import { useAddEntry } from "./adding";
import { CanvasTools } from "./CanvasTools";
import classes from "./canvas.module.css";
import { useClipboard } from "./clipboard";
import { inLine, useDrag, useDragging } from "./dragging";
import { useDocument, useEditor, useView, type ViewStore } from "./editor";
import { FlowEdge as EdgeView } from "./FlowEdge";
import { type CanvasActions, CanvasActionsContext, Frame } from "./Frame";
import { Guides } from "./Guides";
import {
  type CanvasEdge,
  type CanvasNode,
  type CardNode,
  edgeId,
  frameAt,
  MAIN_HANDLE,
  NOTE_PREFIX,
  type NoteNode,
} from "./graph";
import { useCanvasKeys } from "./keys";
import { NodeCard } from "./NodeCard";
import { NoteCard } from "./NoteCard";
import { DRAG_TYPE } from "./Palette";
import { usePicture } from "./picture";
import { usePointed } from "./pointed";
import { useFirstView, useInSight } from "./view";

const NODE_TYPES = { card: NodeCard, frame: Frame, note: NoteCard };
const EDGE_TYPES = { flow: EdgeView };
/** From so many steps on, only what is in sight is drawn, and the overview comes after the cards. */
const MANY = 100;

function edgeOf(connection: Pick<Connection, "source" | "target" | "sourceHandle">): FlowEdge {
  const port = connection.sourceHandle === MAIN_HANDLE ? undefined : connection.sourceHandle;
  return { from: connection.source, to: connection.target, ...(port ? { port } : {}) };
}

/** What the canvas library chose or let go, as the view's own selection. */
function chooseBy(view: ViewStore, changes: NodeChange<CanvasNode>[]): void {
  if (changes.length === 0) return;
  const { nodes, notes, edges, select } = view.getState();
  const [steps, sheets] = [new Set(nodes), new Set(notes)];
  for (const change of changes) {
    if (change.type !== "select") continue;
    const isNote = change.id.startsWith(NOTE_PREFIX);
    const id = isNote ? change.id.slice(NOTE_PREFIX.length) : change.id;
    const set = isNote ? sheets : steps;
    change.selected ? set.add(id) : set.delete(id);
  }
  select([...steps], steps.size + sheets.size > 0 ? [] : edges, [...sheets]);
}

export function FlowCanvas() {
  const editor = useEditor();
  const { store, view, entries, editable } = editor;
  const document = useDocument();
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  const add = useAddEntry();
  const trial = useCanvasTrial();
  const drag = useDrag();
  const { nodes, edges, latestCards, latestFrames, setCards, setNotes } = usePicture(drag, trial);
  const [firstDocument] = useState(document);
  const chosen = useView((state) => state.nodes);
  const bringInSight = useInSight();
  useCanvasKeys();
  useFirstView(null, firstDocument);
  const [isSettled, setSettled] = useState(firstDocument.nodes.length <= MANY);

  // Measured by whoever wants to know how long a flow takes to open.
  useEffect(() => {
    const frame = requestAnimationFrame(() => performance.mark("editor usable"));
    return () => cancelAnimationFrame(frame);
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setSettled(true)), 400);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const only = chosen.length === 1 ? chosen[0] : undefined;
    if (!only) return;
    const timer = setTimeout(() => bringInSight(only), 80);
    return () => clearTimeout(timer);
  }, [chosen, bringInSight]);

  const onNodesChange = useCallback(
    (raw: NodeChange<CanvasNode>[]) => {
      const changes = inLine(raw, latestCards.current, flow.getZoom());
      const of = (change: NodeChange<CanvasNode>) => ("id" in change ? change.id : "");
      const onNotes = changes.filter((change) => of(change).startsWith(NOTE_PREFIX));
      const onCards = changes.filter(
        (change) => !of(change).startsWith(NOTE_PREFIX) && !of(change).startsWith("frame:"),
      );
      chooseBy(
        view,
        changes.filter((change) => change.type === "select"),
      );
      if (onCards.length > 0)
        setCards((before) => applyNodeChanges(onCards as NodeChange<CardNode>[], before));
      if (onNotes.length > 0)
        setNotes((before) => applyNodeChanges(onNotes as NodeChange<NoteNode>[], before));
    },
    [view, flow, latestCards, setCards, setNotes],
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

  const { begin, move, end } = useDragging(drag, latestCards, latestFrames, setCards);
  const pointed = usePointed(latestFrames);
  useClipboard(pointed);

  const onConnect = (connection: Connection) => {
    const { document: current, run } = store.getState();
    const edge = edgeOf(connection);
    if (refusalOf(current, edge) !== null) return;
    run(connect(current, edge), "connect");
    view.getState().say(`Connected ${nameOf(current, edge.from)} to ${nameOf(current, edge.to)}`);
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
    add(entry, { position, edge, parent: frameAt(latestFrames.current, point) ?? undefined });
  };

  /** Reaching a step with Tab chooses it. */
  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const id = event.target.classList.contains("react-flow__node") ? event.target.dataset.id : undefined;
    if (id && event.target.matches(":focus-visible")) view.getState().select([id]);
  };

  const openMenu = (event: MouseEvent | ReactMouseEvent, on: { id: string; type?: string } | null) => {
    event.preventDefault();
    const at = { x: event.clientX, y: event.clientY };
    const isNote = on?.type === "note";
    const id = isNote ? on.id.slice(NOTE_PREFIX.length) : on?.id;
    if (on?.type === "card" && id && !view.getState().nodes.includes(id)) view.getState().select([id]);
    if (isNote && id && !view.getState().notes.includes(id)) view.getState().select([], [], [id]);
    const edge =
      on?.type === "edge" ? document.edges.find((candidate) => edgeId(candidate) === id) : undefined;
    if (edge && id) view.getState().select([], [id]);
    view
      .getState()
      .openMenu({ at, ...(on?.type === "card" ? { node: id } : {}), ...(isNote ? { note: id } : {}), edge });
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
        onNodeDragStart={begin}
        onNodeDrag={move}
        onNodeDragStop={end}
        onSelectionDragStart={(event, dragged) => begin(event, null, dragged)}
        onSelectionDrag={(event, dragged) => move(event, null, dragged)}
        onSelectionDragStop={(event, dragged) => end(event, null, dragged)}
        onNodeContextMenu={(event, node) => openMenu(event, { id: node.id, type: node.type })}
        onEdgeContextMenu={(event, edge) => openMenu(event, { id: edge.id, type: "edge" })}
        onPaneContextMenu={(event) => openMenu(event as MouseEvent, null)}
        onSelectionContextMenu={(event, [first]) =>
          openMenu(event, first ? { id: first.id, type: first.type } : null)
        }
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
        onlyRenderVisibleElements={document.nodes.length > MANY}
        connectionRadius={28}
        proOptions={{ hideAttribution: true }}
        aria-label="Canvas of the flow"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--canvas-dot)" />
        <Guides />
        <CanvasTools editable={editable} />
        {document.nodes.length > 6 && isSettled && (
          <MiniMap pannable zoomable className={classes.map} ariaLabel="Overview" />
        )}
      </ReactFlow>
    </CanvasActionsContext.Provider>
  );
}

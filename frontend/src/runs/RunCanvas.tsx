/** The flow of a run, not to be edited: cards with their state, edges that light up. */
import "@xyflow/react/dist/style.css";
import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { useEffect, useMemo } from "react";
import type { Connector, NodeKind } from "@/api/types";
import { CanvasTools } from "@/canvas/CanvasTools";
import classes from "@/canvas/canvas.module.css";
import { FlowEdge } from "@/canvas/FlowEdge";
import { Frame } from "@/canvas/Frame";
import { type CanvasEdge, type CanvasNode, drawEdges, drawFrames, drawNodes } from "@/canvas/graph";
import { NodeCard } from "@/canvas/NodeCard";
import { readOnly } from "@/canvas/reading";
import { useFirstView, useInSight } from "@/canvas/view";
import type { FlowDocument } from "@/document/types";
import { edgeState, type NodeView, parsePath, type RunState } from "./fold";
import run from "./run.module.css";
import type { Marks } from "./tracing";

const NODE_TYPES = { card: NodeCard, frame: Frame };
const EDGE_TYPES = { flow: FlowEdge };

/** The step the run has come to. */
function latestOf(views: Map<string, NodeView>): string | null {
  const entries = [...views];
  const active = entries.find(([, { status }]) => ["running", "retrying", "waiting"].includes(status));
  return active?.[0] ?? entries.findLast(([, { status }]) => status === "succeeded")?.[0] ?? null;
}

export interface RunCanvasProps {
  document: FlowDocument;
  connectors: Connector[];
  kinds: NodeKind[];
  state: RunState;
  views: Map<string, NodeView>;
  chosen: string | null;
  onChoose: (step: string | null) => void;
  bare?: boolean;
  /** A chain that was asked for: its cards and edges stand out, the others step back. */
  marks?: Marks | null;
  /** Bring all that is marked in sight. */
  fitMarks?: boolean;
  /** What cards say instead of what they do. */
  lines?: ReadonlyMap<string, string>;
  /** Keep the step that the run has come to in sight. */
  follow?: boolean;
}

export function RunCanvas(props: RunCanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

/** The chain that was asked for is shown whole, as far as words stay readable. */
function useMarkedInSight(marks: Marks | null | undefined): void {
  const flow = useReactFlow();
  const isMeasured = useStore((state) => state.width > 0 && state.height > 0);
  const wanted = marks && isMeasured ? [...marks.nodes].join(" ") : "";
  useEffect(() => {
    if (!wanted) return;
    const nodes = wanted.split(" ").map((id) => ({ id }));
    const timer = setTimeout(
      () => void flow.fitView({ nodes, padding: 0.16, maxZoom: 0.9, minZoom: 0.28, duration: 150 }),
      140,
    );
    return () => clearTimeout(timer);
  }, [flow, wanted]);
}

function Drawing({
  document,
  connectors,
  kinds,
  state,
  views,
  chosen,
  onChoose,
  bare,
  follow,
  marks,
  fitMarks,
  lines,
}: RunCanvasProps) {
  const nodes = useMemo<CanvasNode[]>(() => {
    const cards = drawNodes(document, { connectors, kinds, steps: views, editable: false });
    const selected = chosen === null ? null : parsePath(chosen).node;
    const marked = cards.map((card) => ({
      ...card,
      selected: card.id === selected,
      className: marks ? (marks.nodes.has(card.id) ? run.traced : run.aside) : undefined,
      data: { ...card.data, compact: bare ?? false, line: lines?.get(card.id) ?? card.data.line },
    }));
    return [...drawFrames(document, cards, false), ...marked];
  }, [document, connectors, kinds, views, chosen, bare, marks, lines]);
  const edges = useMemo<CanvasEdge[]>(
    () =>
      drawEdges(document, {
        connectors,
        kinds,
        editable: false,
        edgeState: (edge) => edgeState(edge, state, views),
      }).map((edge) =>
        marks ? { ...edge, className: marks.edges.has(edge.id) ? run.traced : run.aside } : edge,
      ),
    [document, connectors, kinds, state, views, marks],
  );
  const focus = chosen === null ? null : parsePath(chosen).node;
  const bringInSight = useInSight();
  useFirstView(bare ? null : (focus ?? latestOf(views)), document, bare ? 0 : undefined);
  const watched = focus ?? (follow ? latestOf(views) : null);
  useEffect(() => {
    if (watched && !bare) bringInSight(watched);
  }, [watched, bare, bringInSight]);
  useMarkedInSight(fitMarks ? marks : null);
  return (
    <ReactFlow<CanvasNode, CanvasEdge>
      className={classes.canvas}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodeClick={(_event, node) => {
        if (node.type === "card") onChoose(views.get(node.id)?.paths[0] ?? node.id);
      }}
      onPaneClick={() => onChoose(null)}
      {...readOnly(document)}
      aria-label="The flow of this run"
    >
      <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--canvas-dot)" />
      {!bare && <CanvasTools editable={false} />}
      {!bare && document.nodes.length > 12 && (
        <MiniMap pannable zoomable className={classes.map} ariaLabel="Overview" />
      )}
    </ReactFlow>
  );
}

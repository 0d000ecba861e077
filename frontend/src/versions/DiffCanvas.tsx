/** Two documents in one picture, not to be edited: what came, went and changed is marked, the rest stands back. */
import "@xyflow/react/dist/style.css";
import {
  Background,
  BackgroundVariant,
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  MiniMap,
  type Node,
  type NodeProps,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import { memo, useEffect, useMemo } from "react";
import type { Connector, NodeKind } from "@/api/types";
import { CanvasTools } from "@/canvas/CanvasTools";
import canvas from "@/canvas/canvas.module.css";
import { FlowEdge } from "@/canvas/FlowEdge";
import { Frame } from "@/canvas/Frame";
import { type CanvasEdge, type CardNode, drawEdges, drawFrames, drawNodes } from "@/canvas/graph";
import { NodeCard } from "@/canvas/NodeCard";
import { readOnly } from "@/canvas/reading";
import { useFirstView, useInSight } from "@/canvas/view";
import { edgeKey } from "@/document/differences";
import { MarkTag } from "./MarkTag";
import type { Mark, Picture } from "./marks";
import classes from "./marks.module.css";

type MarkedNode = CardNode & { data: { diff: Mark; chosen: boolean } };

const MarkedCard = memo(function MarkedCard(props: NodeProps<CardNode>) {
  const { diff: mark, chosen } = props.data as unknown as MarkedNode["data"];
  return (
    <div className={classes.card} data-mark={mark} data-chosen={chosen || undefined}>
      <NodeCard {...props} selected={false} />
      {mark !== "same" && mark !== "plain" && (
        <span className={classes.badge}>
          <MarkTag mark={mark} onCanvas />
        </span>
      )}
    </div>
  );
});

const MarkedEdge = memo(function MarkedEdge(props: EdgeProps<CanvasEdge>) {
  const mark = (props.data as unknown as { diff: Mark }).diff;
  if (mark === "same" || mark === "plain") return <FlowEdge {...props} />;
  const [path, x, y] = getBezierPath({ ...props, curvature: 0.3 });
  return (
    <>
      <BaseEdge id={props.id} path={path} className={classes.line} data-mark={mark} />
      <EdgeLabelRenderer>
        <div
          className={classes.lineLabel}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          <MarkTag mark={mark} onCanvas />
        </div>
      </EdgeLabelRenderer>
    </>
  );
});

const NODE_TYPES = { card: MarkedCard, frame: Frame };
const EDGE_TYPES = { flow: MarkedEdge };

interface Props {
  picture: Picture;
  connectors: Connector[];
  kinds: NodeKind[];
  chosen: string | null;
  first: string | null;
  onChoose: (step: string | null) => void;
  label?: string;
}

export function DiffCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ picture, connectors, kinds, chosen, first, onChoose, label }: Props) {
  const { document } = picture;
  const nodes = useMemo(() => {
    const cards = drawNodes(document, { connectors, kinds, editable: false });
    const marked = cards.map((card) => {
      const mark = picture.nodes.get(card.id) ?? "same";
      return {
        ...card,
        ariaLabel: mark === "same" || mark === "plain" ? card.ariaLabel : `${mark}: ${card.ariaLabel}`,
        data: { ...card.data, diff: mark, chosen: card.id === chosen },
      };
    });
    return [...drawFrames(document, cards, false), ...marked] as Node[];
  }, [document, picture, connectors, kinds, chosen]);
  const edges = useMemo(
    () =>
      drawEdges(document, { connectors, kinds, editable: false }).map((edge) => {
        const mark = edge.data ? (picture.edges.get(edgeKey(edge.data.edge)) ?? "plain") : "plain";
        const data = { ...edge.data, diff: mark } as unknown as CanvasEdge["data"];
        return { ...edge, data, className: mark === "same" ? classes.dim : undefined };
      }),
    [document, picture, connectors, kinds],
  );
  useFirstView(chosen ?? first, picture);
  const bringInSight = useInSight();
  useEffect(() => {
    if (chosen) bringInSight(chosen);
  }, [chosen, bringInSight]);
  return (
    <ReactFlow
      className={canvas.canvas}
      nodes={nodes}
      edges={edges as never}
      nodeTypes={NODE_TYPES as never}
      edgeTypes={EDGE_TYPES as never}
      onNodeClick={(_event, node) => {
        if (node.type === "card") onChoose(node.id);
      }}
      onPaneClick={() => onChoose(null)}
      {...readOnly(document)}
      nodesFocusable={false}
      aria-label={label ?? "The differences on the canvas"}
    >
      <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--canvas-dot)" />
      <CanvasTools editable={false} />
      {document.nodes.length > 12 && (
        <MiniMap pannable zoomable className={canvas.map} ariaLabel="Overview" />
      )}
    </ReactFlow>
  );
}

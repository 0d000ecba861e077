/** A flow as a thumbnail: boxes and lines, no words. */
import { useMemo } from "react";
import { NODE_HEIGHT, NODE_WIDTH, placesOf } from "@/document/layout";
import type { FlowDocument } from "@/document/types";
import classes from "./flows.module.css";

export function MiniFlow({ document }: { document: FlowDocument }) {
  const places = useMemo(() => placesOf(document), [document]);
  const points = Object.values(places);
  if (points.length === 0) return <div className={classes.mini} aria-hidden />;
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  const width = Math.max(...points.map(({ x }) => x)) + NODE_WIDTH - left;
  const height = Math.max(...points.map(({ y }) => y)) + NODE_HEIGHT - top;
  return (
    <svg
      className={classes.mini}
      viewBox={`${left - 60} ${top - 60} ${width + 120} ${height + 120}`}
      aria-hidden
    >
      {document.edges.map((edge) => {
        const from = places[edge.from];
        const to = places[edge.to];
        if (!from || !to) return null;
        const [x1, y1, x2, y2] = [
          from.x + NODE_WIDTH,
          from.y + NODE_HEIGHT / 2,
          to.x,
          to.y + NODE_HEIGHT / 2,
        ];
        const bend = Math.max(40, (x2 - x1) / 2);
        return (
          <path
            key={`${edge.from}-${edge.port ?? ""}-${edge.to}`}
            d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            fill="none"
            stroke="var(--line-strong)"
            strokeWidth={width / 240}
          />
        );
      })}
      {document.nodes.map((node) => {
        const place = places[node.id];
        if (!place) return null;
        const isStart = node.kind === "trigger";
        return (
          <rect
            key={node.id}
            x={place.x}
            y={place.y}
            width={NODE_WIDTH}
            height={NODE_HEIGHT}
            rx={12}
            fill={isStart ? "var(--accent)" : "var(--surface)"}
            stroke={isStart ? "var(--accent)" : "var(--accent-line)"}
            strokeWidth={width / 300}
          />
        );
      })}
    </svg>
  );
}

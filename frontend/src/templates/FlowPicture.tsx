/** A flow as a small picture: every step as its icon, in its place, with the lines between them. */
import type { ReactNode } from "react";
import { useMemo } from "react";
import type { Connector } from "@/api/types";
import { connectorOf, iconOf } from "@/canvas/kinds";
import { placesOf } from "@/document/layout";
import type { FlowDocument, FlowNode, Point } from "@/document/types";
import classes from "./picture.module.css";

const TILE = 44;
const ICON = 26;
const COLUMN = 74;
const ROW = 60;
const NEAR = 40;
const WIDEST = 6 * COLUMN;
const HIGHEST = 2 * ROW;
const EDGE = 14;

/** Columns and rows of the canvas, drawn closer together. */
function closer(document: FlowDocument): Record<string, Point> {
  const places = placesOf(document);
  const rank = (values: number[]) => {
    const sorted = [...new Set(values)].sort((a, b) => a - b);
    const starts = sorted.filter((value, at) => at === 0 || value - (sorted[at - 1] ?? 0) > NEAR);
    return (value: number) => starts.filter((start) => start <= value).length - 1;
  };
  const points = document.nodes.flatMap(({ id }) => places[id] ?? []);
  const [column, row] = [rank(points.map(({ x }) => x)), rank(points.map(({ y }) => y))];
  return Object.fromEntries(
    document.nodes.flatMap(({ id }) => {
      const place = places[id];
      return place ? [[id, { x: column(place.x) * COLUMN, y: row(place.y) * ROW }]] : [];
    }),
  );
}

export function FlowPicture(props: { document: FlowDocument; connectors: Connector[]; height?: number }) {
  const { document, connectors, height = 132 } = props;
  const places = useMemo(() => closer(document), [document]);
  const points = Object.values(places);
  const width = Math.max(TILE, ...points.map(({ x }) => x + TILE));
  const tall = Math.max(TILE, ...points.map(({ y }) => y + TILE));
  // A small flow is not blown up: its steps are as large as those of a middling one.
  const [wide, high] = [Math.max(WIDEST, width) + 2 * EDGE, Math.max(HIGHEST, tall) + 2 * EDGE];
  return (
    <svg
      className={classes.picture}
      style={{ height }}
      viewBox={`${(width - wide) / 2} ${(tall - high) / 2} ${wide} ${high}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden
    >
      {document.edges.map((edge) => {
        const [from, to] = [places[edge.from], places[edge.to]];
        if (!from || !to) return null;
        return (
          <path
            key={`${edge.from}-${edge.port ?? ""}-${edge.to}`}
            d={curve(from, to)}
            className={classes.line}
            data-error={edge.port === "error" || undefined}
          />
        );
      })}
      {document.nodes.map((node) => {
        const place = places[node.id];
        return (
          place && (
            <Tile key={node.id} place={place} node={node}>
              <Emblem node={node} connector={connectorOf(document, node, connectors)} place={place} />
            </Tile>
          )
        );
      })}
    </svg>
  );
}

function curve(from: Point, to: Point): string {
  const [x1, y1, x2, y2] = [from.x + TILE, from.y + TILE / 2, to.x, to.y + TILE / 2];
  const bend = Math.max(14, (x2 - x1) / 2);
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function Tile({ place, node, children }: { place: Point; node: FlowNode; children: ReactNode }) {
  const isStart = node.kind === "trigger";
  return (
    <g>
      <rect
        x={place.x}
        y={place.y}
        width={TILE}
        height={TILE}
        rx={isStart ? TILE / 2 : 10}
        className={classes.tile}
        data-kind={node.kind}
      />
      {children}
    </g>
  );
}

function Emblem(props: { node: FlowNode; connector: Connector | undefined; place: Point }) {
  const { node, connector, place } = props;
  const [x, y] = [place.x + (TILE - ICON) / 2, place.y + (TILE - ICON) / 2];
  if (connector?.icon_url)
    return (
      <image
        href={connector.icon_url}
        x={x}
        y={y}
        width={ICON}
        height={ICON}
        preserveAspectRatio="xMidYMid"
      />
    );
  const Icon = iconOf(node.kind);
  return (
    <Icon x={x + 2} y={y + 2} width={ICON - 4} height={ICON - 4} stroke={1.8} className={classes.glyph} />
  );
}

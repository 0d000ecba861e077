/** Lines that appear while a card is dragged into line with another one: left, middle, right; top, middle, bottom. */
import { createStore } from "zustand/vanilla";
import type { Point } from "@/document/types";
import type { CardNode } from "./graph";

export interface Guide {
  axis: "x" | "y";
  at: number;
  from: number;
  to: number;
}

export const guides = createStore<{ lines: Guide[] }>()(() => ({ lines: [] }));

export function clearGuides(): void {
  if (guides.getState().lines.length > 0) guides.setState({ lines: [] });
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const boxOf = ({ position, width = 0, height = 0 }: CardNode): Box => ({ ...position, width, height });

/** How far the card should jump to be in line with its nearest neighbour, and the lines that say so. */
export function snap(
  moving: CardNode,
  cards: CardNode[],
  dragged: ReadonlySet<string>,
  reach: number,
): Point {
  const own = boxOf(moving);
  const others = cards.filter(({ id }) => !dragged.has(id)).map(boxOf);
  const x = nearest(own, others, reach, "x", "width");
  const y = nearest(own, others, reach, "y", "height");
  const by = { x: x?.by ?? 0, y: y?.by ?? 0 };
  const lines: Guide[] = [];
  const now = { ...own, x: own.x + by.x, y: own.y + by.y };
  if (x) lines.push(line("x", x.at, now, x.other));
  if (y) lines.push(line("y", y.at, now, y.other));
  if (lines.length > 0) guides.setState({ lines });
  else clearGuides();
  return by;
}

interface Near {
  by: number;
  at: number;
  other: Box;
  far: number;
}

function nearest(
  own: Box,
  others: Box[],
  reach: number,
  side: "x" | "y",
  size: "width" | "height",
): Near | null {
  const across = side === "x" ? "y" : "x";
  let best: Near | null = null;
  for (const other of others) {
    const far = Math.abs(other[across] - own[across]);
    if (far > 1600) continue;
    for (const part of [0, 0.5, 1]) {
      const at = other[side] + other[size] * part;
      const by = at - (own[side] + own[size] * part);
      if (Math.abs(by) > reach) continue;
      const isBetter = !best || Math.abs(by) < Math.abs(best.by) || (by === best.by && far < best.far);
      if (isBetter) best = { by, at, other, far };
    }
  }
  return best;
}

function line(axis: "x" | "y", at: number, a: Box, b: Box): Guide {
  const [side, size] = axis === "x" ? (["y", "height"] as const) : (["x", "width"] as const);
  return {
    axis,
    at,
    from: Math.min(a[side], b[side]) - 16,
    to: Math.max(a[side] + a[size], b[side] + b[size]) + 16,
  };
}

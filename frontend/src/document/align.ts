/** Bringing steps into line: left, centre, right, top, middle, bottom, and even spacing. Pure: answers places. */
import { withChildren } from "./edits";
import { NODE_HEIGHT, NODE_WIDTH, placesOf } from "./layout";
import { rootsOf } from "./regroup";
import type { FlowDocument, Point } from "./types";

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "across" | "down";
export type SizeOf = (id: string) => { width: number; height: number };

const USUAL: SizeOf = () => ({ width: NODE_WIDTH, height: NODE_HEIGHT });

interface Box extends Point {
  id: string;
  width: number;
  height: number;
}

/** The new places of the steps, and of what is inside their for-eaches, which moves along. */
export function aligned(
  document: FlowDocument,
  ids: string[],
  how: Alignment,
  sizeOf: SizeOf = USUAL,
): Record<string, Point> {
  const places = placesOf(document);
  const roots = rootsOf(document, ids);
  const boxes = roots.flatMap((id) => (places[id] ? [{ id, ...sizeOf(id), ...places[id] }] : []));
  if (boxes.length < 2) return {};
  const positions: Record<string, Point> = {};
  for (const [id, place] of Object.entries(placed(boxes, how))) {
    const from = places[id];
    if (!from) continue;
    for (const inner of withChildren(document, [id])) {
      const spot = places[inner];
      if (spot) positions[inner] = { x: spot.x + place.x - from.x, y: spot.y + place.y - from.y };
    }
  }
  return positions;
}

function placed(boxes: Box[], how: Alignment): Record<string, Point> {
  const left = Math.min(...boxes.map(({ x }) => x));
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const top = Math.min(...boxes.map(({ y }) => y));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const each = (place: (box: Box) => Partial<Point>) =>
    Object.fromEntries(boxes.map((box) => [box.id, { x: box.x, y: box.y, ...place(box) }]));
  switch (how) {
    case "left":
      return each(() => ({ x: left }));
    case "right":
      return each(({ width }) => ({ x: right - width }));
    case "centre":
      return each(({ width }) => ({ x: Math.round((left + right - width) / 2) }));
    case "top":
      return each(() => ({ y: top }));
    case "bottom":
      return each(({ height }) => ({ y: bottom - height }));
    case "middle":
      return each(({ height }) => ({ y: Math.round((top + bottom - height) / 2) }));
    case "across":
      return spaced(boxes, "x", "width", right - left);
    case "down":
      return spaced(boxes, "y", "height", bottom - top);
  }
}

/** The first and the last stay; the space between all of them becomes the same. */
function spaced(
  boxes: Box[],
  axis: "x" | "y",
  size: "width" | "height",
  span: number,
): Record<string, Point> {
  const sorted = [...boxes].sort((a, b) => a[axis] - b[axis]);
  const filled = sorted.reduce((sum, box) => sum + box[size], 0);
  const gap = (span - filled) / (sorted.length - 1);
  const result: Record<string, Point> = {};
  let at = sorted[0]?.[axis] ?? 0;
  for (const box of sorted) {
    result[box.id] = { x: box.x, y: box.y, [axis]: Math.round(at) };
    at += box[size] + gap;
  }
  return result;
}

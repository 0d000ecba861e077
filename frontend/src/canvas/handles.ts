/** Where the connection points of a card stand, told to the canvas library beforehand: so it need not draw every card
 *  of a large flow once to measure them. The numbers are those of card.module.css. Pure. */
import { type NodeHandle, Position } from "@xyflow/react";
import type { Port } from "@/document/graph";

type Way = Port & { connected: boolean };

const BORDER = 1;
const SIZE = { way: 10, error: 8, loop: 6 };
/** How far along the lower edge a failure leaves the card. */
export const ERROR_AT = 0.82;
export const MAIN_HANDLE = "main";

export interface Outline {
  width: number;
  height: number;
  kind: string;
  ports: Way[];
  editable: boolean;
}

/** An edge leaves a failing step only where the way is shown. */
export function showsError(error: Way | undefined, editable: boolean): error is Way {
  return error !== undefined && (error.connected || editable);
}

export function handlesOf({ width, height, kind, ports, editable }: Outline): NodeHandle[] {
  const at = (part: number, length: number, size: number) => BORDER + part * (length - 2 * BORDER) - size / 2;
  const placed = (id: string, position: Position, x: number, y: number, size: number): NodeHandle => ({
    id,
    type: position === Position.Left ? "target" : "source",
    position,
    x: at(x, width, size),
    y: at(y, height, size),
    width: size,
    height: size,
  });
  const handles: NodeHandle[] = [];
  if (kind !== "trigger") handles.push(placed("in", Position.Left, 0, 0.5, SIZE.way));
  const ways = ports.filter(({ isError }) => !isError);
  ways.forEach(({ name }, index) => {
    handles.push(placed(name ?? MAIN_HANDLE, Position.Right, 1, (index + 0.5) / ways.length, SIZE.way));
  });
  const error = ports.find(({ isError }) => isError);
  if (showsError(error, editable)) handles.push(placed("error", Position.Bottom, ERROR_AT, 1, SIZE.error));
  if (kind === "for_each") handles.push(placed("loop", Position.Bottom, 0.5, 1, SIZE.loop));
  return handles;
}

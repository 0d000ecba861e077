/** Carrying a source field, or an end of a line, with the pointer: what lies under it, scrolling at the edges, dropping. */
import type { PointerEvent as ReactPointerEvent } from "react";
import { drop, moveEnd } from "./gestures";
import { type Drag, type MapperValue, type Side, useMapper } from "./sheet";

const FAR_ENOUGH = 5;
const EDGE = 36;

type Carried = Pick<Drag, "source" | "rule" | "end">;

export function useDrag(): (event: ReactPointerEvent, carried: Carried) => void {
  const mapper = useMapper();
  return (event, carried) => {
    if (event.button !== 0) return;
    if (event.pointerType !== "mouse" && carried.end === undefined) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).closest<HTMLElement>("[data-tree]")?.focus({ preventScroll: true });
    follow(mapper, carried, { x: event.clientX, y: event.clientY });
  };
}

function follow(mapper: MapperValue, carried: Carried, start: { x: number; y: number }): void {
  const { store } = mapper;
  const side: Side = carried.end === "source" ? "source" : "target";
  let isCarried = false;
  let over: string | null = null;
  const move = (event: PointerEvent) => {
    const way = Math.hypot(event.clientX - start.x, event.clientY - start.y);
    isCarried ||= way > FAR_ENOUGH;
    if (!isCarried) return;
    over = under(event, side);
    scrollAtEdge(event, side);
    store.getState().set({ drag: { ...carried, x: event.clientX, y: event.clientY, over } });
  };
  const end = (isDropped: boolean) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
    window.removeEventListener("keydown", giveUp, true);
    store.getState().set({ drag: null });
    if (!isDropped || !isCarried || over === null) return;
    const { rule, end: carriedEnd, source } = carried;
    if (rule !== undefined && carriedEnd) moveEnd(mapper, { rule, source, end: carriedEnd }, over);
    else drop(mapper, source, over);
  };
  const up = () => end(true);
  const cancel = () => end(false);
  const giveUp = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(false);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  window.addEventListener("keydown", giveUp, true);
}

/** The field of that side under the pointer. */
function under(event: PointerEvent, side: Side): string | null {
  const hit = document.elementFromPoint(event.clientX, event.clientY);
  return hit?.closest<HTMLElement>(`[data-${side}]`)?.dataset[side] ?? null;
}

function scrollAtEdge(event: PointerEvent, side: Side): void {
  const tree = document.querySelector(`[data-tree="${side}"]`);
  if (!tree) return;
  const { top, bottom } = tree.getBoundingClientRect();
  if (event.clientY < top + EDGE) tree.scrollTop -= 12;
  if (event.clientY > bottom - EDGE) tree.scrollTop += 12;
}

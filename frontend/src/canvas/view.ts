/** Keeps the picture readable: never smaller than words can be read, and the chosen step always in sight. */
import { useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect } from "react";

const READABLE = 0.62;
const GOOD = 0.8;
const MARGIN = 36;
/** The names of open ways out stand to the right of a card. */
const ROOM_FOR_PORTS = 76;

/** Shows everything when words stay readable, else the given step (or the first one) in good size. */
export function useFirstView(anchor: string | null, key: unknown, smallest = READABLE): void {
  // A picture that is always shown whole is fitted anew when its frame changes.
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const isReady = width > 0 && height > 0;
  const frame = smallest === 0 ? `${width}x${height}` : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another picture is looked at anew
  useEffect(() => {
    if (!isReady) return;
    const timer = setTimeout(() => {
      if (flow.getNodes().length === 0) return;
      const bounds = flow.getNodesBounds(flow.getNodes());
      const zoom = Math.min((width / (bounds.width || 1)) * 0.9, (height / (bounds.height || 1)) * 0.88, 1);
      if (zoom >= smallest) return void flow.fitView({ padding: 0.08, maxZoom: 1 });
      const node = flow.getNode(anchor ?? "") ?? flow.getNodes().find(({ type }) => type === "card");
      if (!node) return;
      const isFirst = anchor === null;
      const x = isFirst ? MARGIN - node.position.x * GOOD : width / 2 - (node.position.x + 116) * GOOD;
      const tall = bounds.height * GOOD;
      const y =
        isFirst && tall < height
          ? (height - tall) / 2 - bounds.y * GOOD
          : height / 2 - (node.position.y + 32) * GOOD;
      void flow.setViewport({ x, y, zoom: GOOD });
    }, 60);
    return () => clearTimeout(timer);
  }, [isReady, key, frame]);
}

/** Moves the picture just so far that the step can be seen whole. */
export function useInSight(): (id: string) => void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  return useCallback(
    (id) => {
      const node = flow.getNode(id);
      if (!node || width === 0) return;
      const { x, y, zoom } = flow.getViewport();
      const left = node.position.x * zoom + x;
      const top = node.position.y * zoom + y;
      const right = left + (node.width ?? 0) * zoom;
      const bottom = top + (node.height ?? 0) * zoom;
      const dx =
        left < MARGIN ? MARGIN - left : right > width - ROOM_FOR_PORTS ? width - ROOM_FOR_PORTS - right : 0;
      const dy = top < MARGIN ? MARGIN - top : bottom > height - MARGIN ? height - MARGIN - bottom : 0;
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 150 });
    },
    [flow, width, height],
  );
}

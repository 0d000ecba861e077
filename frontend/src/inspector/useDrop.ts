/** Fields of earlier steps can be dropped on a field; while one is over it, the field says so by its look. */
import { type DragEvent, useState } from "react";

export const FIELD_TYPE = "text/x-ipaas-path";

export function useDrop(onDrop: (path: string) => void) {
  const [isOver, setOver] = useState(false);
  const holds = (event: DragEvent) => event.dataTransfer.types.includes(FIELD_TYPE);
  return {
    "data-over": isOver || undefined,
    onDragOver: (event: DragEvent) => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDropCapture: (event: DragEvent) => {
      setOver(false);
      if (!holds(event)) return;
      event.preventDefault();
      event.stopPropagation();
      onDrop(event.dataTransfer.getData(FIELD_TYPE));
    },
  };
}

/** The dashed frame around what a for-each repeats. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { createContext, memo, useContext } from "react";
import classes from "./card.module.css";
import type { FrameNode } from "./graph";

/** What the canvas offers to the things drawn on it. */
export interface CanvasActions {
  addInside: (parent: string, at: { x: number; y: number }) => void;
  addOnEdge: (edgeId: string, at: { x: number; y: number }) => void;
}
export const CanvasActionsContext = createContext<CanvasActions | null>(null);

export const Frame = memo(function Frame({ data }: NodeProps<FrameNode>) {
  const actions = useContext(CanvasActionsContext);
  return (
    <div className={classes.frame} data-drop={data.drop || undefined} data-testid={`frame-${data.parent}`}>
      <Handle
        id="top"
        type="target"
        position={Position.Top}
        className={classes.hidden}
        isConnectable={false}
        style={{ left: 36 }}
      />
      {!data.empty && <span className={`${classes.frameLabel} truncate`}>{data.label}</span>}
      {data.empty && data.editable && (
        <button
          type="button"
          className={`${classes.frameAdd} nodrag`}
          onClick={(event) => actions?.addInside(data.parent, { x: event.clientX, y: event.clientY })}
        >
          Add a step to repeat
        </button>
      )}
    </div>
  );
});

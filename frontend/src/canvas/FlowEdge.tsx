/** A smooth edge with the name of its port; lights up while a run passes, offers to insert a step while editing. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, getSmoothStepPath } from "@xyflow/react";
import { memo, useContext } from "react";
import classes from "./edge.module.css";
import { CanvasActionsContext } from "./Frame";
import type { CanvasEdge } from "./graph";

export const FlowEdge = memo(function FlowEdge(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const actions = useContext(CanvasActionsContext);
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  const goesBack = targetX < sourceX + 24 && !id.startsWith("loop:");
  const [path, labelX, labelY] = goesBack
    ? getSmoothStepPath({ ...ends, borderRadius: 14, offset: 26, centerY: data?.channel })
    : getBezierPath({ ...ends, curvature: 0.3 });
  const isLoop = id.startsWith("loop:");
  const port = data?.edge.port;
  const label = port && port !== "out" ? port : "";
  const state = data?.lit ? "lit" : data?.dead ? "dead" : undefined;
  return (
    <g
      className={classes.edge}
      data-state={state}
      data-selected={selected || undefined}
      data-error={data?.isError || undefined}
      data-loop={isLoop || undefined}
    >
      <BaseEdge id={id} path={path} interactionWidth={isLoop ? 0 : 18} className={classes.path} />
      {data?.lit && <path d={path} className={classes.light} />}
      {(label || (data?.editable && actions)) && !isLoop && (
        <EdgeLabelRenderer>
          <div
            className={`${classes.label} nodrag nopan`}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
            data-state={state}
            data-error={data?.isError || undefined}
          >
            {label && <span className={classes.port}>{label}</span>}
            {data?.editable && actions && (
              <button
                type="button"
                className={classes.insert}
                data-alone={!label || undefined}
                data-selected={selected || undefined}
                aria-label={`Insert a step between ${props.source} and ${props.target}`}
                onClick={(event) => actions.addOnEdge(id, { x: event.clientX, y: event.clientY })}
              >
                +
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </g>
  );
});

/** A step as a card: icon, the person's title, one line of what it does; its state while a run is shown. */
import { Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconNote, IconPinFilled, IconX } from "@tabler/icons-react";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { StatusIcon, stateOf } from "@/ui/status";
import classes from "./card.module.css";
import type { CardData, CardNode, StepView } from "./graph";
import { ERROR_AT, MAIN_HANDLE, showsError } from "./handles";
import { iconOf } from "./kinds";

export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { node, title, line, shape, problem, step } = data;
  return (
    <div
      className={classes.card}
      data-shape={shape}
      data-kind={node.kind}
      data-selected={selected || undefined}
      data-compact={data.compact || undefined}
      data-status={step?.status}
      data-tone={step ? stateOf(step.status).tone : undefined}
      data-testid={`node-${node.id}`}
    >
      {node.kind !== "trigger" && (
        <Handle id="in" type="target" position={Position.Left} className={classes.target} />
      )}
      <Emblem data={data} />
      <div className={classes.words}>
        <div className={`${classes.title} truncate`} title={title}>
          {title}
        </div>
        <div className={`${classes.line} truncate`} title={line}>
          {line}
        </div>
      </div>
      {node.note && !step && (
        <Tooltip label={node.note} multiline maw={320}>
          <span className={classes.noteMark}>
            <IconNote size={15} aria-label={`Note: ${node.note}`} />
          </span>
        </Tooltip>
      )}
      {step && <StepMark step={step} />}
      {problem && !step && (
        <Tooltip label={problem === "error" ? "Has a problem" : "Has a warning"}>
          <span className={classes.problem} data-severity={problem}>
            <IconAlertTriangle
              size={15}
              aria-label={problem === "error" ? "Has a problem" : "Has a warning"}
            />
          </span>
        </Tooltip>
      )}
      {data.pinned && (
        <Tooltip label="Tests answer with the pinned output">
          <span className={classes.pinned} data-testid={`pinned-${node.id}`}>
            <IconPinFilled size={11} aria-label="Output is pinned" />
          </span>
        </Tooltip>
      )}
      {data.mark && (
        <span className={classes.verdict} data-tone={data.mark.tone} data-testid={`mark-${node.id}`}>
          {data.mark.tone === "good" ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />}
          {data.mark.words}
        </span>
      )}
      <Ports data={data} />
      {node.kind === "for_each" && (
        <Handle
          id="loop"
          type="source"
          position={Position.Bottom}
          className={classes.hidden}
          isConnectable={false}
        />
      )}
    </div>
  );
});

function Emblem({ data }: { data: CardData }) {
  const Icon = iconOf(data.node.kind);
  if (data.connector) {
    return (
      <span className={classes.emblem}>
        <ConnectorIcon name={data.connector.title} url={data.connector.icon_url} size={34} />
        {data.node.kind === "trigger" && (
          <span className={classes.corner}>
            <Icon size={11} aria-hidden />
          </span>
        )}
      </span>
    );
  }
  return (
    <span className={classes.glyph}>
      <Icon size={19} stroke={1.8} aria-hidden />
    </span>
  );
}

function StepMark({ step }: { step: StepView }) {
  return (
    <span className={classes.mark} data-tone={stateOf(step.status).tone}>
      {step.count !== undefined && (
        <span className={classes.count} title="items done of all items">
          {step.done ?? 0}/{step.count}
        </span>
      )}
      {(step.attempts ?? 1) > 1 && <span className={classes.count}>×{step.attempts}</span>}
      {step.status !== "pending" && <StatusIcon status={step.status} size={18} />}
      <span className="visually-hidden">{stateOf(step.status).word}</span>
    </span>
  );
}

function Ports({ data }: { data: CardData }) {
  const ways = data.ports.filter(({ isError }) => !isError);
  const error = data.ports.find(({ isError }) => isError);
  return (
    <>
      {ways.map((port, at) => (
        <Handle
          key={port.name ?? MAIN_HANDLE}
          id={port.name ?? MAIN_HANDLE}
          type="source"
          position={Position.Right}
          className={classes.source}
          style={{ top: `${((at + 0.5) / ways.length) * 100}%` }}
          isConnectable={data.editable}
          data-testid={`port-${data.node.id}-${port.name ?? "out"}`}
        >
          {port.label && !port.connected && data.editable && (
            <span className={classes.portName}>{port.label}</span>
          )}
        </Handle>
      ))}
      {showsError(error, data.editable) && (
        <Handle
          id="error"
          type="source"
          position={Position.Bottom}
          className={classes.error}
          data-connected={error.connected || undefined}
          style={{ left: `${ERROR_AT * 100}%` }}
          isConnectable={data.editable}
          title="When this step fails"
        />
      )}
    </>
  );
}

/** Beside the canvas: the chosen step with input, output, attempts, calls and effects; else the event and all steps. */
import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Connector, Effect, RunDetail } from "@/api/types";
import { connectorOf } from "@/canvas/kinds";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { JsonView } from "@/ui/JsonView";
import { StatusBadge, StatusIcon } from "@/ui/status";
import { Ago } from "@/ui/time";
import { type NodeView, parsePath, type RunState } from "./fold";
import { ItemPicker } from "./ItemPicker";
import type { Place } from "./places";
import classes from "./run.module.css";
import { StepView } from "./StepView";

interface Props {
  run: RunDetail;
  state: RunState;
  views: Map<string, NodeView>;
  chosen: string | null;
  effects: Effect[];
  connectors: Connector[];
  /** The field that was asked about. */
  field: Place | null;
  onAsk: (place: Place) => void;
  onChoose: (step: string | null) => void;
}

export function StepPanel(props: Props) {
  const { chosen, run } = props;
  if (chosen === null) return <Overview {...props} />;
  const { node: id } = parsePath(chosen);
  const node = run.document.nodes.find((candidate) => candidate.id === id);
  if (!node) return <Overview {...props} />;
  if (node.kind === "trigger") return <EventPanel {...props} title={node.title ?? node.id} />;
  return <OneStep {...props} path={chosen} nodeId={id} />;
}

function Overview({ run, views, connectors, onChoose }: Props) {
  return (
    <aside className={classes.panel} aria-label="Steps of the run" data-testid="step-panel">
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>Steps</h2>
      </div>
      <ul className={classes.steps}>
        {run.document.nodes.map((node) => {
          const view = views.get(node.id);
          const connector = connectorOf(run.document, node, connectors);
          return (
            <li key={node.id} style={{ paddingLeft: node.parent ? 20 : 0 }}>
              <UnstyledButton className={classes.stepRow} onClick={() => onChoose(view?.paths[0] ?? node.id)}>
                <StatusIcon status={view?.status ?? "pending"} size={17} />
                <span className={`${classes.stepName} truncate`}>{node.title ?? node.id}</span>
                {view?.count !== undefined && (
                  <span className="faint tabular">
                    {view.done ?? 0}/{view.count}
                  </span>
                )}
                {connector && <ConnectorIcon name={connector.title} url={connector.icon_url} size={20} />}
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}

function EventPanel({ run, title, onChoose, onAsk, chosen, field }: Props & { title: string }) {
  const event = run.event;
  const ask = (part: string) => (path: (string | number)[]) =>
    onAsk({ side: "event", step: chosen ?? "", path: [part, ...path] });
  return (
    <aside className={classes.panel} aria-label="Event" data-testid="step-panel">
      <PanelHead title={title} status="succeeded" onClose={() => onChoose(null)} />
      {event ? (
        <>
          <section className={classes.section} data-first>
            <dl className={classes.pairs}>
              <dt>Received</dt>
              <dd>
                <Ago at={event.received_at} />
              </dd>
              <dt>Event</dt>
              <dd className="mono">{event.id}</dd>
            </dl>
          </section>
          <section className={classes.section}>
            <h3>Body</h3>
            <JsonView
              value={event.body}
              label="Body"
              depth={4}
              maxHeight={520}
              pickLabel="what was made of it"
              onPick={ask("body")}
              picked={field?.side === "event" && field.path[0] === "body" ? field.path.slice(1) : null}
            />
          </section>
          {event.headers && Object.keys(event.headers).length > 0 && (
            <section className={classes.section}>
              <h3>Headers</h3>
              <JsonView
                value={event.headers}
                label="Headers"
                maxHeight={220}
                pickLabel="what was made of it"
                onPick={ask("headers")}
              />
            </section>
          )}
        </>
      ) : (
        <p className={classes.section}>The event is no longer kept.</p>
      )}
    </aside>
  );
}

function PanelHead(props: {
  title: string;
  status: string;
  line?: string;
  icon?: Connector;
  onClose: () => void;
}) {
  return (
    <div className={classes.panelHead}>
      {props.icon && <ConnectorIcon name={props.icon.title} url={props.icon.icon_url} size={32} />}
      <div className={classes.panelWords}>
        <h2 className={`${classes.panelTitle} truncate`}>{props.title}</h2>
        <div className={classes.panelLine}>
          <StatusBadge status={props.status} />
          {props.line && <span className="truncate">{props.line}</span>}
        </div>
      </div>
      <ActionIcon aria-label="Close the step" onClick={props.onClose}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}

function OneStep(props: Props & { path: string; nodeId: string }) {
  const { run, state, views, path, nodeId, onChoose, effects } = props;
  const node = run.document.nodes.find(({ id }) => id === nodeId);
  const step = state.steps.get(path);
  const paths = views.get(nodeId)?.paths ?? [];
  const connector = node && connectorOf(run.document, node, props.connectors);
  const operation = connector?.operations.find(({ name }) => name === node?.params.operation);
  const own = effects.filter((effect) => effect.step === path);
  return (
    <aside
      className={classes.panel}
      aria-label={`Step ${node?.title ?? nodeId}`}
      data-testid="step-panel"
      data-step={path}
    >
      <PanelHead
        title={node?.title ?? nodeId}
        line={operation ? `${connector?.title} · ${operation.title}` : undefined}
        status={step?.status ?? "pending"}
        icon={connector}
        onClose={() => onChoose(null)}
      />
      {paths.length > 1 && (
        <section className={classes.section} data-first>
          <ItemPicker paths={paths} path={path} state={state} onChoose={onChoose} />
        </section>
      )}
      {!step || step.status === "pending" ? (
        <p className={`${classes.section} faint`}>
          The run has not come here {state.status === "running" ? "yet" : ""}.
        </p>
      ) : (
        <StepView
          run={run}
          step={step}
          kind={node?.kind ?? ""}
          effects={own}
          field={props.field}
          onAsk={props.onAsk}
        />
      )}
    </aside>
  );
}

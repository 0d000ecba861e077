/** Beside the canvas: the chosen step with input, output, attempts, calls and effects; else the event and all steps. */
import { ActionIcon, Select, UnstyledButton } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Connector, Effect, RunDetail } from "@/api/types";
import { connectorOf } from "@/canvas/kinds";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { JsonView } from "@/ui/JsonView";
import { StatusBadge, StatusIcon } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import { CallView } from "./CallView";
import { EffectView } from "./EffectView";
import { type Attempt, type NodeView, parsePath, type RunState, type StepState } from "./fold";
import classes from "./run.module.css";
import { titleOfStep } from "./story";

interface Props {
  run: RunDetail;
  state: RunState;
  views: Map<string, NodeView>;
  chosen: string | null;
  effects: Effect[];
  connectors: Connector[];
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

function EventPanel({ run, title, onChoose }: Props & { title: string }) {
  const event = run.event;
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
            <JsonView value={event.body} label="Body" depth={4} maxHeight={520} />
          </section>
          {event.headers && Object.keys(event.headers).length > 0 && (
            <section className={classes.section}>
              <h3>Headers</h3>
              <JsonView value={event.headers} label="Headers" maxHeight={220} />
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
          <Select
            size="xs"
            aria-label="Item of the for-each"
            searchable
            data={paths.map((candidate) => ({
              value: candidate,
              label: `${titleOfStep(run.document, candidate)} · ${state.steps.get(candidate)?.status ?? ""}`,
            }))}
            value={path}
            onChange={(next) => next && onChoose(next)}
          />
        </section>
      )}
      {!step || step.status === "pending" ? (
        <p className={`${classes.section} faint`}>
          The run has not come here {state.status === "running" ? "yet" : ""}.
        </p>
      ) : (
        <StepBody step={step} effects={own} />
      )}
    </aside>
  );
}

function StepBody({ step, effects }: { step: StepState; effects: Effect[] }) {
  const last = step.attempts.at(-1);
  const tone = step.status === "uncertain" ? "doubt" : step.status === "retrying" ? "wait" : "bad";
  return (
    <>
      {step.status === "skipped" && <p className={`${classes.section} faint`}>No live way led here.</p>}
      {step.error && step.status !== "succeeded" && (
        <section className={classes.section} data-first>
          <div className={classes.problem} data-tone={tone}>
            <p>
              <strong>{step.error.message}</strong>
            </p>
            {step.error.hint && <p>{step.error.hint}</p>}
            {step.error.field && (
              <p>
                Field <code className="mono">{step.error.field}</code>
              </p>
            )}
            {step.wakeAt && (
              <p>
                Tried again <Ago at={step.wakeAt} />
              </p>
            )}
            <p className="mono faint">
              {step.error.class} · {step.error.code}
            </p>
          </div>
        </section>
      )}
      {step.output !== undefined && (
        <section className={classes.section} data-testid="step-output">
          <h3>Output</h3>
          <JsonView value={step.output} label="Output" depth={3} maxHeight={340} />
        </section>
      )}
      {last?.input !== undefined && (
        <section className={classes.section} data-testid="step-input">
          <h3>Input</h3>
          <JsonView value={last.input} label="Input" depth={3} maxHeight={340} />
        </section>
      )}
      {step.items && (
        <section className={classes.section}>
          <h3>{step.count} items</h3>
          <JsonView value={step.items} label="Items" depth={1} maxHeight={300} />
        </section>
      )}
      {step.attempts.some(({ calls }) => calls.length > 0) && (
        <section className={classes.section} data-testid="step-calls">
          <h3>Calls</h3>
          {step.attempts.map((attempt) => (
            <AttemptCalls key={attempt.number} attempt={attempt} many={step.attempts.length > 1} />
          ))}
        </section>
      )}
      {effects.length > 0 && (
        <section className={classes.section} data-testid="step-effects">
          <h3>Effects</h3>
          {effects.map((effect) => (
            <EffectView key={effect.id} effect={effect} />
          ))}
        </section>
      )}
    </>
  );
}

function AttemptCalls({ attempt, many }: { attempt: Attempt; many: boolean }) {
  const took =
    attempt.startedAt && attempt.endedAt ? Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt) : null;
  return (
    <div style={{ marginBottom: 8 }}>
      {many && (
        <p className="faint" style={{ margin: "0 0 4px", fontSize: 12 }}>
          Attempt {attempt.number}
          {took !== null && `, ${duration(took)}`}
          {attempt.error && `: ${attempt.error.message}`}
        </p>
      )}
      {attempt.calls.map((call, at) => (
        <CallView key={`${call.at}${at}`} call={call} />
      ))}
    </div>
  );
}

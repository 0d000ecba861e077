/** Below the canvas: the test of the draft as it goes, step by step, with what each one was given and came to. */
import { Button, UnstyledButton } from "@mantine/core";
import { IconDeviceFloppy, IconExternalLink, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useConnectors } from "@/api/queries";
import { useTenant } from "@/app/tenant";
import { useDocument, useEditor, useView } from "@/canvas/editor";
import { connectorOf, titleOf } from "@/canvas/kinds";
import type { FlowNode } from "@/document/types";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { EmptyState, RowsSkeleton } from "@/ui/states";
import { StatusBadge, StatusIcon, stateOf } from "@/ui/status";
import { duration } from "@/ui/time";
import { AskedTrial } from "./BeforeWriting";
import { systemWords, useWrites } from "./bindings";
import { Drawer } from "./Drawer";
import { RefusedTrial } from "./Refused";
import { SampleLink } from "./SampleCard";
import { SaveTest } from "./SaveTest";
import { StepResult } from "./StepResult";
import { useStartTrial, useTriggerSample } from "./start";
import { isSameFlow, type Trial, tookMs, useTrial, useTrialValue } from "./store";
import { orderOf, outcomeOf } from "./told";
import classes from "./trial.module.css";

export default function TrialDrawer() {
  const trial = useTrial((state) => state.trial);
  const refused = useTrial((state) => state.refused);
  const starting = useTrial((state) => state.starting);
  const asking = useTrial((state) => state.asking);
  return (
    <Drawer title="Test" head={<Head />} testId="trial-drawer">
      {starting ? (
        <RowsSkeleton rows={3} />
      ) : asking ? (
        <div className={classes.drawerBody}>
          <div style={{ maxWidth: 720 }}>
            <AskedTrial start={asking} />
          </div>
        </div>
      ) : refused ? (
        <div className={classes.drawerBody}>
          <div style={{ maxWidth: 720 }}>
            <RefusedTrial {...refused} />
          </div>
        </div>
      ) : trial ? (
        <Told trial={trial} />
      ) : (
        <Ready />
      )}
    </Drawer>
  );
}

function Head() {
  const { view } = useEditor();
  const { slug } = useTenant();
  const { flow } = useTrialValue();
  const document = useDocument();
  const start = useStartTrial();
  const sample = useTriggerSample();
  const trial = useTrial((state) => state.trial);
  const status = useTrial((state) => state.state.status);
  const finished = useTrial((state) => state.finished);
  const facts = useTrial((state) => state.facts);
  const starting = useTrial((state) => state.starting !== null);
  const isHeld = useTrial((state) => state.refused !== null || state.asking !== null);
  const [saving, setSaving] = useState(false);
  const shown = trial && !isHeld && !starting;
  return (
    <>
      {shown && (
        <span data-testid="trial-status" data-status={finished ? status : "running"}>
          <StatusBadge status={finished ? status : "running"} />
        </span>
      )}
      {shown && finished && <span className="faint tabular">{duration(tookMs(facts))}</span>}
      <SampleLink sample={sample} onOpen={() => view.getState().show("sample")} />
      <span className={classes.spread} />
      {shown && finished && (
        <>
          {trial.mode === "whole" && (
            <Button
              variant="default"
              leftSection={<IconDeviceFloppy size={14} />}
              onClick={() => setSaving(true)}
              data-testid="save-test"
            >
              Save as a test
            </Button>
          )}
          <Button
            component={Link}
            to={`/t/${slug}/runs/${trial.run}`}
            variant="subtle"
            leftSection={<IconExternalLink size={14} />}
          >
            Open the run
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={14} />}
            onClick={() => start({ mode: trial.mode, step: trial.step })}
          >
            {isSameFlow(trial.drawn, document) ? "Test again" : "Test the new draft"}
          </Button>
        </>
      )}
      {trial && <SaveTest flow={flow.id} run={trial.run} opened={saving} onClose={() => setSaving(false)} />}
    </>
  );
}

function Ready() {
  const document = useDocument();
  const writes = useWrites(document);
  const start = useStartTrial();
  return (
    <div className={classes.drawerBody}>
      <EmptyState
        title="Carry the draft once, and watch it"
        action={
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            onClick={() => start({ mode: "whole", step: null })}
          >
            Test the flow
          </Button>
        }
      >
        The sample goes through every step, in the sandbox.{" "}
        {writes.length === 0
          ? "Nothing is made in another system."
          : `It makes: ${writes
              .map((writing) => `${titleOf(writing.node)} in ${systemWords(writing)}`)
              .join("; ")}.`}
      </EmptyState>
    </div>
  );
}

function Told({ trial }: { trial: Trial }) {
  const document = useDocument();
  const sample = useTriggerSample();
  const views = useTrial((state) => state.views);
  const state = useTrial((current) => current.state);
  const finished = useTrial((current) => current.finished);
  const chosen = useView((current) => (current.nodes.length === 1 ? current.nodes[0] : undefined));
  const { view } = useEditor();
  const nodes = orderOf(trial.document, views, finished);
  const troubled = nodes.find(({ id }) => ["failed", "uncertain"].includes(views.get(id)?.status ?? ""));
  const selected =
    nodes.find(({ id }) => id === chosen) ?? (finished ? (troubled ?? nodes.at(-1)) : undefined);
  const path = selected && views.get(selected.id)?.paths[0];
  const step = path ? state.steps.get(path) : undefined;
  const isOld = !isSameFlow(trial.drawn, document);
  return (
    <>
      {isOld && (
        <p className={classes.notice} data-tone="wait" role="status" style={{ margin: 0, borderRadius: 0 }}>
          <span className={classes.noticeWords}>
            You have edited the draft since. What stands here is of the draft before.
          </span>
        </p>
      )}
      {finished && state.status === "failed" && sample?.source === "connector" && (
        <div className={classes.notice} role="status" style={{ borderRadius: 0 }}>
          <span className={classes.noticeWords}>
            This sample is the connector's example: the system it names may not know it. With a real event the
            test goes further.
          </span>
          <Button size="compact-xs" variant="default" onClick={() => view.getState().show("sample")}>
            Take a real event
          </Button>
        </div>
      )}
      <div className={classes.split}>
        <ol className={classes.list} aria-label="Steps of the test">
          {nodes.map((node) => (
            <li key={node.id}>
              <UnstyledButton
                className={classes.listRow}
                aria-current={node.id === selected?.id}
                onClick={() => view.getState().select([node.id])}
                data-testid={`trial-step-${node.id}`}
                data-status={views.get(node.id)?.status ?? "pending"}
              >
                <StatusIcon status={views.get(node.id)?.status ?? "pending"} size={17} />
                <span className="truncate">{titleOf(node)}</span>
                <Icon node={node} trial={trial} />
                <span className={classes.listWords}>
                  {outcomeOf(node, views.get(node.id), state, trial.answered.includes(node.id))}
                </span>
              </UnstyledButton>
            </li>
          ))}
        </ol>
        <div className={classes.detail}>
          {selected && step ? (
            <div className={classes.stack}>
              <h3 className={classes.heading}>{titleOf(selected)}</h3>
              <StepResult step={step} node={selected} />
            </div>
          ) : selected ? (
            <p className={classes.text}>
              {selected.kind === "trigger"
                ? "The sample was accepted as if it had just arrived."
                : `${titleOf(selected)}: ${stateOf("pending").word.toLowerCase()}.`}
            </p>
          ) : (
            <RowsSkeleton rows={2} />
          )}
        </div>
      </div>
    </>
  );
}

function Icon({ node, trial }: { node: FlowNode; trial: Trial }) {
  const connectors = useConnectors().data ?? [];
  const connector = connectorOf(trial.document, node, connectors);
  return connector ? (
    <ConnectorIcon name={connector.title} url={connector.icon_url} size={18} />
  ) : (
    <span aria-hidden />
  );
}

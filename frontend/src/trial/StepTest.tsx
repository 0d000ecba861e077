/** Tests one step: what it would send, the step alone or with what leads to it, and what it came to; pins its output. */
import { Button } from "@mantine/core";
import { IconEye, IconPlayerPlay, IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useSamplesOf, useTenantPath } from "@/api/queries";
import type { OutgoingRequest } from "@/api/trials";
import { useDocument, useEditor, useView } from "@/canvas/editor";
import type { FlowNode } from "@/document/types";
import { RowsSkeleton } from "@/ui/states";
import { AskedTrial, BeforeWriting } from "./BeforeWriting";
import { chosenOf, isReal, useBindings, useWrites } from "./bindings";
import { Pinned } from "./Pinned";
import { Refused, RefusedTrial } from "./Refused";
import { Requests } from "./Requests";
import { SampleLink } from "./SampleCard";
import { StepResult } from "./StepResult";
import { triggerOf, useStartTrial, useTriggerSample } from "./start";
import { isSameFlow, type Start, useTrial, useTrialValue } from "./store";
import classes from "./trial.module.css";

export function StepTest({ node }: { node: FlowNode }) {
  const { view } = useEditor();
  const { flow } = useTrialValue();
  const document = useDocument();
  const samples = useSamplesOf(flow.id).data ?? [];
  const sample = samples.find(({ step }) => step === node.id);
  const trigger = useTriggerSample();
  const writing = useWrites(document).find((one) => one.node.id === node.id);
  const bindings = useBindings(document);
  const isDrawn = useView((state) => state.panel === "trial");
  const starting = useTrial((state) => state.starting);
  const quiet = useTrial((state) => state.quiet);
  const held = useTrial((state) => state.asking);
  const refused = useTrial((state) => state.refused);
  const isRunning = useTrial((state) => state.trial !== null && !state.finished);
  const start = useStartTrial();
  const look = useLook(node);
  const [asking, setAsking] = useState(false);
  const begin = (mode: Start["mode"], agreed?: Record<string, string>) => {
    setAsking(false);
    look.forget();
    void start({ mode, step: node.id }, agreed);
  };
  const testStep = () => {
    if (!writing || (quiet && !isReal(writing))) return begin("step");
    setAsking(true);
    void look.ask();
  };
  const isBusy = starting !== null || isRunning;
  return (
    <div className={classes.stack} data-testid="step-test">
      <div className={classes.tight}>
        <div className={classes.row}>
          <SampleLink
            sample={trigger}
            onOpen={() => {
              const first = triggerOf(document);
              if (first) view.getState().show("sample");
            }}
          />
        </div>
        <div className={classes.row}>
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            loading={isBusy && starting?.mode === "step"}
            disabled={isBusy}
            onClick={testStep}
            data-testid="test-step"
          >
            Test this step
          </Button>
          <Button
            variant="default"
            leftSection={<IconRoute size={14} />}
            disabled={isBusy}
            onClick={() => begin("up_to")}
            data-testid="test-up-to"
          >
            Test up to here
          </Button>
          {node.kind === "call" && (
            <Button
              variant="subtle"
              leftSection={<IconEye size={14} />}
              loading={look.busy && !asking}
              onClick={() => {
                setAsking(false);
                void look.ask();
              }}
              data-testid="look"
            >
              See what would be sent
            </Button>
          )}
        </div>
      </div>
      {asking && writing && (
        <BeforeWriting
          writes={[writing]}
          onTest={() => begin("step", chosenOf(bindings))}
          onCancel={() => setAsking(false)}
        />
      )}
      {held?.step === node.id && !isDrawn && <AskedTrial start={held} />}
      {look.busy && <RowsSkeleton rows={2} />}
      {look.requests && (
        <section className={classes.tight}>
          <h3 className={classes.heading}>What would be sent</h3>
          <Requests requests={look.requests} />
        </section>
      )}
      {look.error !== null && (
        <Refused error={look.error} verb="Look again" onAgain={() => void look.ask()} />
      )}
      {refused?.start.step === node.id && <RefusedTrial {...refused} />}
      <Result node={node} />
      <Pinned node={node} sample={sample} />
    </div>
  );
}

function Result({ node }: { node: FlowNode }) {
  const document = useDocument();
  const trial = useTrial((state) => state.trial);
  const finished = useTrial((state) => state.finished);
  const path = useTrial((state) => state.views.get(node.id)?.paths[0]);
  const step = useTrial((state) => (path ? state.state.steps.get(path) : undefined));
  if (!trial || (trial.mode === "step" && trial.step !== node.id)) return null;
  if (!step || step.status === "pending")
    return finished ? (
      <p className={classes.small}>The test did not come here.</p>
    ) : (
      <RowsSkeleton rows={2} />
    );
  const isOld = !isSameFlow(trial.drawn, document);
  return <StepResult step={step} node={node} note={isOld ? "of the draft before your edits" : undefined} />;
}

interface Look {
  requests: OutgoingRequest[] | null;
  error: unknown;
  busy: boolean;
  ask: () => Promise<void>;
  forget: () => void;
}

/** What a step would send, asked for without sending it. */
function useLook(node: FlowNode): Look {
  const { store } = useEditor();
  const { flow, store: trials } = useTrialValue();
  const path = useTenantPath();
  const [requests, setRequests] = useState<OutgoingRequest[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const forget = () => {
    setRequests(null);
    setError(null);
  };
  return {
    requests,
    error,
    busy,
    forget,
    ask: async () => {
      forget();
      setBusy(true);
      try {
        const { connections } = trials.getState();
        const answer = await api.post<{ exchanges: OutgoingRequest[] }>(path(`flows/${flow.id}/test-step/`), {
          document: store.getState().document,
          step: node.id,
          mode: "look",
          environment: "sandbox",
          ...(Object.keys(connections).length > 0 ? { connections } : {}),
        });
        setRequests(answer.exchanges);
      } catch (problem) {
        setError(problem);
      } finally {
        setBusy(false);
      }
    },
  };
}

/** One step of a run at the moment that is shown: error, input, output, attempts with their calls, effects. */
import { Button } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Effect, ErrorDict, RunDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { Tag } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import { CallView } from "./CallView";
import { EffectView } from "./EffectView";
import type { Attempt, StepState } from "./fold";
import { exactClock } from "./moment";
import type { Key, Place, Side } from "./places";
import { editorField } from "./provenanceWords";
import { RunData } from "./RunData";
import classes from "./run.module.css";

interface Props {
  run: RunDetail;
  step: StepState;
  kind: string;
  effects: Effect[];
  field: Place | null;
  onAsk: (place: Place) => void;
}

export function StepView(props: Props) {
  const { step, effects, field, onAsk, kind } = props;
  const last = step.attempts.findLast(({ input }) => input !== undefined);
  const ask = (side: Side) => (path: Key[]) => onAsk({ side, step: step.path, path });
  const picked = (side: Side) => (field?.side === side && field.step === step.path ? field.path : null);
  const tools = { pickLabel: "where it comes from", depth: 3, maxHeight: 340 };
  return (
    <>
      {step.status === "skipped" && <p className={`${classes.section} faint`}>No live way led here.</p>}
      {step.error && step.status !== "succeeded" && <Trouble {...props} error={step.error} />}
      {last?.input !== undefined && (
        <section className={classes.section} data-testid="step-input">
          <h3>Input</h3>
          <RunData
            value={last.input}
            label="Input"
            {...tools}
            onPick={ask("input")}
            picked={picked("input")}
          />
        </section>
      )}
      {step.output !== undefined && (
        <section className={classes.section} data-testid="step-output">
          <h3>{kind === "call" ? "Answer" : "Output"}</h3>
          <RunData
            value={step.output}
            label="Output"
            {...tools}
            onPick={ask("output")}
            picked={picked("output")}
          />
        </section>
      )}
      {step.items !== null && (
        <section className={classes.section}>
          <h3>{step.count} items</h3>
          <RunData
            value={step.items}
            label="Items"
            {...tools}
            depth={1}
            onPick={ask("items")}
            picked={picked("items")}
          />
        </section>
      )}
      {step.attempts.some(({ calls }) => calls.length > 0) && <Calls {...props} />}
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

function Trouble({ run, step, error }: Props & { error: ErrorDict }) {
  const { slug } = useTenant();
  const tone = step.status === "uncertain" ? "doubt" : step.status === "retrying" ? "wait" : "bad";
  const place = error.pointer ? editorField(run.document, error.pointer) : null;
  const isRule = place?.field.startsWith("params/rules/");
  return (
    <section className={classes.section} data-first>
      <div className={classes.problem} data-tone={tone}>
        <p>
          <strong>{error.message}</strong>
        </p>
        {error.hint && <p>{error.hint}</p>}
        {error.field && (
          <p>
            Field <code className="mono">{error.field}</code>
          </p>
        )}
        {step.wakeAt && (
          <p>
            Tried again <Ago at={step.wakeAt} />
          </p>
        )}
        <p className="mono faint">
          {error.class} · {error.code}
        </p>
        {place && (
          <Button
            mt={4}
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={13} />}
            component={Link}
            to={`/t/${slug}/flows/${run.flow.id}?node=${place.node}&field=${encodeURIComponent(place.field)}`}
          >
            Open the {isRule ? "mapping line" : "field"} in the editor
          </Button>
        )}
      </div>
    </section>
  );
}

function Calls({ step, field, onAsk }: Props) {
  const isMany = step.attempts.length > 1;
  let first = 0;
  const numbered = step.attempts.map((attempt) => {
    const own = first;
    first += attempt.calls.reduce((sum, { record }) => sum + (record.exchanges?.length ?? 0), 0);
    return { attempt, own };
  });
  const ask = (path: Key[], exchange: number) => onAsk({ side: "request", step: step.path, path, exchange });
  return (
    <section className={classes.section} data-testid="step-calls">
      <h3>{isMany ? `${step.attempts.length} attempts` : "Calls"}</h3>
      {numbered.map(({ attempt, own }) => (
        <div key={attempt.number} className={classes.attempt}>
          {isMany && <AttemptHead attempt={attempt} />}
          {attempt.calls.map((call, at) => (
            <CallView
              key={`${call.at}${at}`}
              call={call}
              first={own}
              field={field?.step === step.path ? field : null}
              onAsk={ask}
            />
          ))}
        </div>
      ))}
    </section>
  );
}

function AttemptHead({ attempt }: { attempt: Attempt }) {
  const { startedAt, endedAt, error, number } = attempt;
  const took = startedAt && endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : null;
  return (
    <p className={classes.attemptHead}>
      <Tag tone={error ? "bad" : endedAt ? "good" : "busy"}>Attempt {number}</Tag>{" "}
      {startedAt && <span className="tabular">{exactClock(startedAt)}</span>}
      {took !== null && `, ${duration(took)}`}
      {error && `: ${error.message}`}
    </p>
  );
}

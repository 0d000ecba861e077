/** What a step of a trial came to: output, input, the error at its field, attempts with their calls. */
import type { FlowNode } from "@/document/types";
import { CallView } from "@/runs/CallView";
import type { Attempt, StepState } from "@/runs/fold";
import { StatusBadge } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import classes from "./trial.module.css";
import { placeOfField, ValueFields } from "./ValueFields";

export function StepResult({ step, node, note }: { step: StepState; node?: FlowNode; note?: string }) {
  const last = step.attempts.at(-1);
  const field = step.error?.field ? placeOfField(step.error.field) : null;
  const wrong = field && step.error ? new Map([[field, step.error.message]]) : undefined;
  const calls = step.attempts.filter((attempt) => attempt.calls.length > 0);
  return (
    <div className={classes.stack} data-testid="step-result" data-status={step.status}>
      <div className={classes.row}>
        <StatusBadge status={step.status} />
        <span className="faint tabular">{took(last)}</span>
        {step.attempts.length > 1 && <span className="faint">{step.attempts.length} attempts</span>}
        {node?.kind === "condition" && step.port && <span>went by “{step.port}”</span>}
        {note && <span className="faint">{note}</span>}
      </div>
      {step.error && step.status !== "succeeded" && <Failure step={step} />}
      {step.output !== undefined && step.output !== null && (
        <section className={classes.tight} data-testid="trial-output">
          <h3 className={classes.heading}>Output</h3>
          <ValueFields value={step.output} label="Output" open={2} />
        </section>
      )}
      {last?.input !== undefined && last.input !== null && (
        <section className={classes.tight} data-testid="trial-input">
          <h3 className={classes.heading}>Input</h3>
          <ValueFields value={last.input} label="Input" wrong={wrong} open={wrong ? 3 : 2} />
        </section>
      )}
      {calls.length > 0 && (
        <section className={classes.tight} data-testid="trial-calls">
          <h3 className={classes.heading}>Calls</h3>
          {calls.map((attempt) => (
            <div key={attempt.number} className={classes.tight}>
              {step.attempts.length > 1 && (
                <p className={classes.small}>
                  Attempt {attempt.number}, {took(attempt)}
                  {attempt.error && `: ${attempt.error.message}`}
                </p>
              )}
              {attempt.calls.map((call, at) => (
                <CallView key={`${call.at}${at}`} call={call} />
              ))}
            </div>
          ))}
        </section>
      )}
    </div>
  );
}

function Failure({ step }: { step: StepState }) {
  const { error, wakeAt } = step;
  if (!error) return null;
  return (
    <div className={classes.notice} data-tone={wakeAt ? "wait" : "bad"} role="alert">
      <div className={classes.noticeWords}>
        <strong>{error.message}</strong>
        {error.hint && <p>{error.hint}</p>}
        {error.field && <p>Field: {error.field}</p>}
        {wakeAt && (
          <p>
            Tried again <Ago at={wakeAt} />
          </p>
        )}
      </div>
    </div>
  );
}

function took(attempt: Attempt | undefined): string {
  if (!attempt?.startedAt || !attempt.endedAt) return "";
  return duration(Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt));
}

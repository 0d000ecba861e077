/** The top of a run: what it is, the story in sentences, what went wrong, and what a person may do about it. */
import { Button, Tooltip } from "@mantine/core";
import { IconBan, IconHelpHexagon, IconRefresh, IconRotateClockwise } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { ErrorDict, RunDetail } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { IdChip } from "@/ui/copy";
import { tell, tellError } from "@/ui/notify";
import { StatusBadge, StatusIcon, Tag } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import type { RunState } from "./fold";
import { ResolveDialog } from "./ResolveDialog";
import classes from "./run.module.css";
import type { Sentence } from "./story";

interface Props {
  run: RunDetail;
  state: RunState;
  story: Sentence[];
  shown: number;
  past: boolean;
  onStep: (step: string | null) => void;
  onTravel: (at: number | null) => void;
}

export function RunHead(props: Props) {
  const { run, state, past } = props;
  const { slug } = useTenant();
  const status = past || state.status === "queued" ? (past ? state.status : run.status) : state.status;
  const shownStatus = status === "running" && run.status === "waiting" && !past ? "waiting" : status;
  const error = past ? null : (state.error ?? run.error);
  return (
    <header className={classes.head}>
      <div className={classes.headTop}>
        <span data-testid="run-status">
          <StatusBadge status={shownStatus} word={past ? `then: ${shownStatus}` : undefined} />
        </span>
        <h1 className={`${classes.key} mono truncate`} title={run.business_key}>
          {run.business_key || "no business key"}
        </h1>
        <Actions {...props} />
      </div>
      <div className={classes.facts}>
        <Link to={`/t/${slug}/flows/${run.flow.id}`}>{run.flow.name}</Link>
        <span>version {run.version}</span>
        <span>{run.environment}</span>
        <span>
          began <Ago at={run.created_at} />
        </span>
        {run.duration_ms !== null && <span>took {duration(run.duration_ms)}</span>}
        {run.wake_at && !run.finished_at && (
          <span>
            goes on <Ago at={run.wake_at} />
          </span>
        )}
        <IdChip id={run.id} />
        {run.replay_of && (
          <span>
            replay of <Link to={`/t/${slug}/runs/${run.replay_of}`}>the first run</Link>
          </span>
        )}
      </div>
      {error && <ErrorBox {...props} error={error} />}
      <ol className={classes.story} aria-label="What happened" data-testid="run-story">
        {props.story.map((sentence) => (
          <li key={`${sentence.fact}`}>
            <button
              type="button"
              className={classes.sentence}
              data-tone={sentence.tone}
              data-later={sentence.fact > props.shown || undefined}
              onClick={() => {
                props.onTravel(sentence.fact);
                if (sentence.step) props.onStep(sentence.step);
              }}
            >
              {sentence.text}
            </button>
          </li>
        ))}
      </ol>
    </header>
  );
}

function ErrorBox({ run, error, onStep }: Props & { error: ErrorDict }) {
  const isDoubt = error.class === "uncertain";
  const step = error.step;
  return (
    <div className={classes.error} data-tone={isDoubt ? "doubt" : "bad"} role="alert" data-testid="run-error">
      <StatusIcon status={isDoubt ? "uncertain" : "failed"} size={20} />
      <div>
        <p className={classes.errorTitle}>{error.message}</p>
        {error.hint && <p className="soft">{error.hint}</p>}
        <p>
          {error.field && <Tag tone="bad">field {error.field}</Tag>}{" "}
          <code className="mono faint">{error.code}</code>
        </p>
      </div>
      {step && (
        <Button variant="default" onClick={() => onStep(step)}>
          Show the step
        </Button>
      )}
      <span className="visually-hidden">{run.id}</span>
    </div>
  );
}

function Actions({ run }: Props) {
  const { slug } = useTenant();
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"cancel" | "resolve" | null>(null);
  const [busy, setBusy] = useState(false);
  if (!can("operate_runs")) return null;
  async function replay() {
    setBusy(true);
    try {
      const { run: made } = await api.post<{ run: string }>(path(`runs/${run.id}/replay/`));
      void refresh("runs/");
      tell("The same event is carried again. What had been made outside is not made twice.");
      navigate(`/t/${slug}/runs/${made}`);
    } catch (error) {
      tellError(error, "The run was not replayed");
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className={classes.actions}>
      {run.can.resolve && (
        <Button
          color="violet"
          leftSection={<IconHelpHexagon size={15} />}
          onClick={() => setDialog("resolve")}
          data-testid="resolve"
        >
          Resolve
        </Button>
      )}
      {run.can.cancel && (
        <Button
          variant="default"
          leftSection={<IconBan size={15} />}
          onClick={() => setDialog("cancel")}
          data-testid="cancel"
        >
          Cancel
        </Button>
      )}
      {run.can.replay && (
        <Tooltip label="Carry the same event again, with the version at work now">
          <Button
            variant="default"
            leftSection={<IconRotateClockwise size={15} />}
            loading={busy}
            onClick={replay}
            data-testid="replay"
          >
            Replay
          </Button>
        </Tooltip>
      )}
      <Tooltip label="Read again">
        <Button
          variant="default"
          px={8}
          aria-label="Read again"
          onClick={() => refresh(`runs/${run.id}/`, "effects/")}
        >
          <IconRefresh size={15} />
        </Button>
      </Tooltip>
      <Confirm
        opened={dialog === "cancel"}
        title="Cancel this run?"
        verb="Cancel the run"
        onClose={() => setDialog(null)}
        onConfirm={async () => {
          await api.post(path(`runs/${run.id}/cancel/`), { reason: "" });
          await refresh(`runs/${run.id}/`, "runs/");
        }}
      >
        No further step begins. What was made in other systems stays made, and stays in the journal. The event
        can be replayed later.
      </Confirm>
      <ResolveDialog run={run} opened={dialog === "resolve"} onClose={() => setDialog(null)} />
    </div>
  );
}

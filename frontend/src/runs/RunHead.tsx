/** The top of a run: what it is, the story in sentences, what went wrong, and what a person may do about it. */
import { Button, Tooltip } from "@mantine/core";
import {
  IconArrowsDiff,
  IconBan,
  IconHelpHexagon,
  IconListCheck,
  IconRefresh,
  IconRotateClockwise,
} from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import { useFlow, useRefresh, useTenantPath } from "@/api/queries";
import type { ErrorDict, RunDetail } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { SaveTest } from "@/trial/SaveTest";
import { Confirm } from "@/ui/Confirm";
import { IdChip } from "@/ui/copy";
import { tell, tellError } from "@/ui/notify";
import { StatusBadge, StatusIcon, stateOf, Tag } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import type { RunState } from "./fold";
import { editorField } from "./provenanceWords";
import { ResolveDialog } from "./ResolveDialog";
import classes from "./run.module.css";
import { type Sentence, titleOfStep } from "./story";

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
          <StatusBadge
            status={shownStatus}
            word={past ? `then: ${stateOf(shownStatus).word.toLowerCase()}` : undefined}
          />
        </span>
        {run.trial && <Tag tone="doubt">test run of the draft</Tag>}
        <h1 className={`${classes.key} mono truncate`} title={run.business_key}>
          {run.business_key || `Run of ${run.flow.name}`}
        </h1>
        {run.summary && !error && !past && (
          <p className={`${classes.summary} truncate`} title={run.summary} data-testid="run-summary">
            {run.summary}
          </p>
        )}
        <Actions {...props} />
      </div>
      <div className={classes.facts}>
        <Link to={`/t/${slug}/flows/${run.flow.id}`}>{run.flow.name}</Link>
        <VersionWords run={run} />
        <span>{run.environment}</span>
        <span>
          began <Ago at={run.created_at} />
        </span>
        {run.duration_ms !== null && <span>took {duration(run.duration_ms)}</span>}
        <IdChip id={run.id} />
        {run.replay_of && (
          <span>
            replay of <Link to={`/t/${slug}/runs/${run.replay_of}`}>the first run</Link>,{" "}
            <Link to={`/t/${slug}/runs/${run.replay_of}/compare/${run.id}`}>compare</Link>
          </span>
        )}
      </div>
      {error && <ErrorBox {...props} error={error} />}
      {!past && !run.finished_at && <Waits {...props} />}
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

/** Which version was carried, and whether the flow has gone on since. */
function VersionWords({ run }: { run: RunDetail }) {
  const { slug } = useTenant();
  const flow = useFlow(run.flow.id).data;
  if (run.trial) return <span>the draft of that moment</span>;
  const hasChanged = flow && drawn(flow.document) !== drawn(run.document);
  return (
    <span>
      version {run.version}
      {hasChanged && (
        <>
          {", the draft has changed since: "}
          <Link to={`/t/${slug}/flows/${run.flow.id}/versions?from=${run.version}&to=draft`}>compare</Link>
        </>
      )}
    </span>
  );
}

const drawn = ({ nodes, edges, settings, connections }: RunDetail["document"]) =>
  JSON.stringify([nodes, edges, settings ?? {}, connections]);

/** What a run that is not over waits for, and when it goes on. */
function Waits({ run, state, onStep }: Props) {
  const { slug } = useTenant();
  const waiting = [...state.steps.values()].find(
    ({ status }) => status === "waiting" || status === "retrying",
  );
  if (!waiting) return null;
  const until = waiting.wakeAt ?? run.wake_at;
  const title = titleOfStep(run.document, waiting.path);
  return (
    <div className={classes.waits} role="status" data-testid="run-waits">
      <StatusIcon status="waiting" size={18} />
      <span>
        <button type="button" className={classes.sentence} onClick={() => onStep(waiting.path)}>
          {title}
        </button>{" "}
        {until ? (
          <>
            {waiting.status === "retrying" ? "is tried again " : "goes on "}
            <Ago at={until} />
            {waiting.status === "retrying" && `, try ${waiting.attempts.length + 1}`}. Nobody has to do
            anything.
          </>
        ) : (
          <>
            waits for its connection to be mended, and then goes on by itself.{" "}
            <Link to={`/t/${slug}/connections`}>Open the connections</Link>
          </>
        )}
        {waiting.error && <span className="faint"> {waiting.error.message}</span>}
      </span>
    </div>
  );
}

function ErrorBox({ run, error, onStep }: Props & { error: ErrorDict }) {
  const { slug } = useTenant();
  const isDoubt = error.class === "uncertain";
  const step = error.step;
  const place = error.pointer ? editorField(run.document, error.pointer) : null;
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
      <div className={classes.errorActs}>
        {place && (
          <Button
            variant="default"
            component={Link}
            to={`/t/${slug}/flows/${run.flow.id}?node=${place.node}&field=${encodeURIComponent(place.field)}`}
          >
            {place.field.startsWith("params/rules/") ? "Mend the mapping line" : "Mend it in the editor"}
          </Button>
        )}
        {step && (
          <Button variant="default" onClick={() => onStep(step)}>
            Show the step
          </Button>
        )}
      </div>
    </div>
  );
}

function Actions({ run }: Props) {
  const { slug } = useTenant();
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"cancel" | "resolve" | "test" | null>(null);
  const [busy, setBusy] = useState(false);
  const mayOperate = can("operate_runs");
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
      {mayOperate && run.can.resolve && (
        <Button
          color="violet"
          leftSection={<IconHelpHexagon size={15} />}
          onClick={() => setDialog("resolve")}
          data-testid="resolve"
        >
          Resolve
        </Button>
      )}
      {mayOperate && run.can.cancel && (
        <Button
          variant="default"
          leftSection={<IconBan size={15} />}
          onClick={() => setDialog("cancel")}
          data-testid="cancel"
        >
          Cancel
        </Button>
      )}
      {mayOperate && run.can.replay && (
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
      {can("edit_flows") && ["succeeded", "failed"].includes(run.status) && (
        <Tooltip label="Later drafts are compared with what this run did">
          <Button
            variant="default"
            leftSection={<IconListCheck size={15} />}
            onClick={() => setDialog("test")}
            data-testid="run-as-test"
          >
            Save as a test
          </Button>
        </Tooltip>
      )}
      <Tooltip label="Side by side with another run of this flow">
        <Button
          variant="default"
          component={Link}
          to={`/t/${slug}/runs/${run.id}/compare`}
          leftSection={<IconArrowsDiff size={15} />}
          data-testid="compare"
        >
          Compare
        </Button>
      </Tooltip>
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
      <SaveTest flow={run.flow.id} run={run.id} opened={dialog === "test"} onClose={() => setDialog(null)} />
      <ResolveDialog run={run} opened={dialog === "resolve"} onClose={() => setDialog(null)} />
    </div>
  );
}

/** The right side: the flow lighting up, the runs of the play, and the checks as they turn green. */
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconLoader2 } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import type { Run } from "@/api/types";
import type { Play, Scenario } from "@/api/types-admin";
import { useTenant } from "@/app/tenant";
import { StatusBadge } from "@/ui/status";
import { scenarioTitle } from "./Scenarios";
import classes from "./sandbox.module.css";

const LiveFlow = lazy(() => import("./LiveFlow"));

export function PlayPanel(props: {
  scenario?: Scenario;
  play: Play | null;
  runs: Run[];
  isRunning: boolean;
}) {
  const { scenario, play, runs, isRunning } = props;
  const { slug } = useTenant();
  const shown = runs.find((run) => run.status === "running") ?? runs[0];
  const bad = play?.checks.filter(({ ok }) => ok === false).length ?? 0;
  return (
    <section className={classes.play} aria-label="Play">
      <div className={classes.stage}>
        {shown ? (
          <Suspense fallback={null}>
            <LiveFlow key={shown.id} runId={shown.id} />
          </Suspense>
        ) : (
          <p className={classes.stageHint}>
            {isRunning
              ? "Waiting for the first event…"
              : "Press Play. The flow lights up here as the event travels."}
          </p>
        )}
      </div>
      {runs.length > 0 && (
        <ul className={classes.runs}>
          {runs.slice(0, 5).map((run) => (
            <li key={run.id}>
              <Link to={`/t/${slug}/runs/${run.id}`} className={classes.run} data-testid="play-run">
                <StatusBadge status={run.status} />
                <span className="truncate">{run.flow.name}</span>
                <span className="mono faint truncate">{run.business_key}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {play && (
        <div className={classes.checks} data-testid="play-checks" data-status={play.status}>
          <h2 className={classes.small}>{scenario ? scenarioTitle(scenario) : "Checks"}</h2>
          <ol>
            {play.checks.map((check) => (
              <li key={check.name} className={classes.check} data-ok={check.ok ?? undefined}>
                <CheckMark ok={check.ok} isRunning={play.status === "running"} />
                <span>
                  {check.name}
                  {check.detail && (check.ok || play.status === "finished") && <small>{check.detail}</small>}
                </span>
              </li>
            ))}
            {play.checks.length === 0 && (
              <li className={classes.check}>The checks follow when the first event has arrived.</li>
            )}
          </ol>
          {play.status === "finished" && (
            <p className={classes.verdict} data-bad={bad > 0 || undefined} data-testid="play-verdict">
              {bad === 0
                ? "Every check holds, read from the systems’ own books."
                : `${bad} of ${play.checks.length} checks do not hold.`}
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function CheckMark({ ok, isRunning }: { ok: boolean | null; isRunning: boolean }) {
  if (ok === true)
    return <IconCircleCheck size={18} color="var(--good)" aria-label="holds" className={classes.tick} />;
  if (ok === false && !isRunning)
    return <IconCircleX size={18} color="var(--bad)" aria-label="does not hold" />;
  if (isRunning)
    return <IconLoader2 size={18} color="var(--busy)" className={classes.turns} aria-label="being checked" />;
  return <IconCircleDashed size={18} color="var(--idle)" aria-label="not checked" />;
}

/** The score of the play, large enough to be projected: accepted, carried, on the way, for a person, attempts, checks. */
import type { Run } from "@/api/types";
import type { Play } from "@/api/types-admin";
import classes from "./sandbox.module.css";

export function Scoreboard({ runs, play }: { runs: Run[]; play: Play | null }) {
  const count = (...statuses: string[]) => runs.filter(({ status }) => statuses.includes(status)).length;
  const checks = play?.checks ?? [];
  const held = checks.filter(({ ok }) => ok === true).length;
  const attempts = runs.reduce((sum, run) => sum + run.attempts, 0);
  const figures = [
    { label: "events accepted", value: String(runs.length), tone: "" },
    {
      label: "carried to the end",
      value: String(count("succeeded")),
      tone: count("succeeded") > 0 ? "good" : "",
    },
    {
      label: "on the way",
      value: String(count("queued", "running", "waiting")),
      tone: count("running") > 0 ? "busy" : "",
    },
    {
      label: "for a person",
      value: String(count("failed", "uncertain")),
      tone: count("failed", "uncertain") > 0 ? "bad" : "",
    },
    { label: "attempts", value: String(attempts), tone: "" },
    {
      label: "checks hold",
      value: checks.length === 0 ? "–" : `${held} / ${checks.length}`,
      tone: checks.length > 0 && held === checks.length ? "good" : "",
    },
  ];
  return (
    <dl className={classes.score} aria-label="Score">
      {figures.map(({ label, value, tone }) => (
        <div key={label} data-tone={tone || undefined}>
          <dd>{value}</dd>
          <dt>{label}</dt>
        </div>
      ))}
    </dl>
  );
}

/** Time travel: a slider over the facts of a run, with a mark where something failed, waited or ended. */
import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
} from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { Fact } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { clockTime, duration } from "@/ui/time";
import classes from "./run.module.css";
import { titleOfStep } from "./story";

const MOST_TICKS = 400;

export function Scrubber(props: {
  facts: Fact[];
  document: FlowDocument;
  shown: number;
  isLive: boolean;
  onMove: (to: number) => void;
}) {
  const { facts, shown, onMove } = props;
  const total = facts.length;
  const fact = facts[shown - 1];
  const [playing, setPlaying] = useState(false);

  useEffect(() => {
    if (!playing) return;
    if (shown >= total) return setPlaying(false);
    const timer = setTimeout(() => onMove(shown + 1), 320);
    return () => clearTimeout(timer);
  }, [playing, shown, total, onMove]);

  const play = () => {
    if (!playing && shown >= total) onMove(1);
    setPlaying(!playing);
  };
  const every = Math.max(1, Math.ceil(total / MOST_TICKS));
  const share = (index: number) => (total <= 1 ? 100 : (index / (total - 1)) * 100);
  return (
    <section className={classes.scrubber} aria-label="Time travel">
      <div style={{ display: "flex" }}>
        <Tooltip label="One fact back ( [ )">
          <ActionIcon aria-label="One fact back" disabled={shown <= 1} onClick={() => onMove(shown - 1)}>
            <IconPlayerTrackPrev size={15} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={playing ? "Stop" : "Play it again"}>
          <ActionIcon aria-label={playing ? "Stop" : "Play it again"} disabled={total < 2} onClick={play}>
            {playing ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="One fact on ( ] )">
          <ActionIcon aria-label="One fact on" disabled={shown >= total} onClick={() => onMove(shown + 1)}>
            <IconPlayerTrackNext size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.track}>
        <div className={classes.rail} />
        <div className={classes.passed} style={{ width: `${share(shown - 1)}%` }} />
        {facts.map((entry, index) => {
          const tone = toneOf(entry);
          if (tone === "idle" && (index % every !== 0 || every > 1)) return null;
          return (
            <span
              key={index}
              className={classes.tick}
              data-tone={tone}
              style={{ left: `${share(index)}%` }}
            />
          );
        })}
        <input
          type="range"
          className={classes.range}
          min={1}
          max={Math.max(1, total)}
          value={shown}
          aria-label="Moment of the run"
          aria-valuetext={fact ? describe(fact, props.document) : "nothing yet"}
          onChange={(event) => onMove(Number(event.currentTarget.value))}
          data-testid="scrubber"
        />
      </div>
      <span className="tabular faint" style={{ fontSize: 12, minWidth: 64, textAlign: "right" }}>
        {shown} / {total}
      </span>
      <div className={classes.moment}>
        {fact && (
          <>
            <span className="tabular">{clockTime(fact.at)}</span>
            <span className="tabular">
              +{duration(Date.parse(fact.at) - Date.parse(facts[0]?.at ?? fact.at))}
            </span>
            <span className="truncate">{describe(fact, props.document)}</span>
          </>
        )}
        <span style={{ marginLeft: "auto" }}>
          {props.isLive ? "live" : shown < total ? "in the past" : ""}
        </span>
      </div>
    </section>
  );
}

function toneOf(fact: Fact): string {
  if (fact.type === "step_failed") {
    const kind = (fact.error as { class?: string } | null)?.class;
    return fact.retry_at ? "wait" : kind === "uncertain" ? "doubt" : "bad";
  }
  if (fact.type === "step_waiting") return "wait";
  if (fact.type === "call_made" && !fact.error) return "good";
  return "idle";
}

const VERBS: Record<string, string> = {
  run_admitted: "the event was accepted",
  step_started: "began",
  step_succeeded: "succeeded",
  step_failed: "failed",
  step_skipped: "was not needed",
  step_opened: "opened its items",
  step_waiting: "waits",
  step_woken: "goes on",
  call_made: "called the other system",
  replied: "the caller was answered",
  run_cancelled: "the run was cancelled",
  run_replayed: "a replay",
  run_resolved: "was resolved by a person",
  run_finished: "the run ended",
};

function describe(fact: Fact, document: FlowDocument): string {
  const verb = VERBS[fact.type] ?? fact.type;
  const attempt = (fact.attempt ?? 1) > 1 ? ` (attempt ${fact.attempt})` : "";
  return fact.step ? `${titleOfStep(document, fact.step)} ${verb}${attempt}` : verb;
}

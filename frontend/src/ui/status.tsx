/** One word, one icon, one colour for each state of runs, steps, effects and connections. */
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockPause,
  IconHelpHexagon,
  IconLoader2,
  IconMinus,
  type TablerIcon,
} from "@tabler/icons-react";
import classes from "./status.module.css";

export type Tone = "good" | "busy" | "idle" | "wait" | "bad" | "doubt";

const STATES: Record<string, { word: string; tone: Tone; icon: TablerIcon }> = {
  queued: { word: "Queued", tone: "idle", icon: IconCircleDashed },
  running: { word: "Running", tone: "busy", icon: IconLoader2 },
  waiting: { word: "Waiting", tone: "wait", icon: IconClockPause },
  retrying: { word: "Retrying", tone: "wait", icon: IconClockPause },
  succeeded: { word: "Succeeded", tone: "good", icon: IconCircleCheck },
  failed: { word: "Failed", tone: "bad", icon: IconCircleX },
  cancelled: { word: "Cancelled", tone: "idle", icon: IconBan },
  uncertain: { word: "Uncertain", tone: "doubt", icon: IconHelpHexagon },
  skipped: { word: "Skipped", tone: "idle", icon: IconMinus },
  pending: { word: "Not reached", tone: "idle", icon: IconCircleDashed },
  ok: { word: "Connected", tone: "good", icon: IconCircleCheck },
  untested: { word: "Not tested", tone: "idle", icon: IconCircleDashed },
  broken: { word: "Broken", tone: "bad", icon: IconCircleX },
  paused: { word: "Paused", tone: "wait", icon: IconClockPause },
  live: { word: "Live", tone: "good", icon: IconCircleCheck },
  intended: { word: "Intended", tone: "busy", icon: IconLoader2 },
  sent: { word: "Sent", tone: "busy", icon: IconLoader2 },
  done: { word: "Done", tone: "good", icon: IconCircleCheck },
  rejected: { word: "Rejected", tone: "bad", icon: IconCircleX },
  released: { word: "Not sent", tone: "idle", icon: IconBan },
};

const UNKNOWN = { word: "Unknown", tone: "idle" as Tone, icon: IconAlertTriangle };

export function stateOf(status: string): { word: string; tone: Tone; icon: TablerIcon } {
  return STATES[status] ?? { ...UNKNOWN, word: status || UNKNOWN.word };
}

export function StatusIcon({ status, size = 16 }: { status: string; size?: number }) {
  const { icon: Icon, tone } = stateOf(status);
  const turns = status === "running" || status === "sent" || status === "intended";
  return (
    <Icon
      size={size}
      stroke={2}
      aria-hidden
      className={`${classes.icon} ${turns ? classes.turns : ""}`}
      data-tone={tone}
    />
  );
}

export function StatusBadge({ status, word, plain }: { status: string; word?: string; plain?: boolean }) {
  const state = stateOf(status);
  return (
    <span
      className={classes.badge}
      data-tone={state.tone}
      data-plain={plain || undefined}
      data-status={status}
    >
      <StatusIcon status={status} size={14} />
      {word ?? state.word}
    </span>
  );
}

export function Tag({
  tone = "idle",
  children,
  title,
}: {
  tone?: Tone;
  children: React.ReactNode;
  title?: string;
}) {
  return (
    <span className={classes.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}

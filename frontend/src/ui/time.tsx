/** Times and durations for people: relative words that refresh by themselves, the exact instant on hover. */
import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 5000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function ago(at: string, reference: number): string {
  const seconds = Math.round((reference - Date.parse(at)) / 1000);
  const size = Math.abs(seconds);
  const say = (value: number, unit: string) => (seconds < 0 ? `in ${value} ${unit}` : `${value} ${unit} ago`);
  if (size < 10) return "just now";
  if (size < 60) return say(size, "s");
  if (size < 3600) return say(Math.floor(size / 60), "min");
  if (size < 86_400) return say(Math.floor(size / 3600), "h");
  if (size < 86_400 * 14) return say(Math.floor(size / 86_400), size < 172_800 ? "day" : "days");
  return new Date(at).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
}

export function exactTime(at: string): string {
  return new Date(at).toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
  });
}

export function clockTime(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

export function Ago({ at }: { at: string | null | undefined }) {
  const reference = useNow();
  if (!at) return <span className="faint">–</span>;
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} className="tabular">
        {ago(at, Math.max(reference, Date.now()))}
      </time>
    </Tooltip>
  );
}

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}

/** Plays the facts of a run again: in its own time, four times as fast, or straight to the end. */
import { useCallback, useEffect, useState } from "react";
import type { Fact } from "@/api/types";

export type Speed = "1" | "4" | "instant";

const LEAST_MS = 60;
const MOST_MS = 1600;

export function usePlay(facts: Fact[], shown: number, onMove: (to: number) => void) {
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>("1");
  const total = facts.length;

  useEffect(() => {
    if (!isPlaying) return;
    if (shown >= total) return setPlaying(false);
    const gap = Date.parse(facts[shown]?.at ?? "") - Date.parse(facts[shown - 1]?.at ?? "");
    const wait = Math.min(MOST_MS, Math.max(LEAST_MS * 3, gap || 0)) / Number(speed === "4" ? 4 : 1);
    const timer = setTimeout(() => onMove(shown + 1), Math.max(LEAST_MS, wait));
    return () => clearTimeout(timer);
  }, [isPlaying, shown, total, facts, speed, onMove]);

  const toggle = useCallback(() => {
    if (isPlaying) return setPlaying(false);
    if (speed === "instant") return onMove(total);
    if (shown >= total) onMove(1);
    setPlaying(true);
  }, [isPlaying, speed, shown, total, onMove]);

  return { isPlaying, toggle, speed, setSpeed };
}

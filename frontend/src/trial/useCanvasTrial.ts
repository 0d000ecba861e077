/** What the canvas shows of trials and tests, for as long as it stays the same. */

import { useMemo } from "react";
import { useSamplesOf } from "@/api/queries";
import { type CanvasTrial, canvasOf, pinnedSteps } from "./marks";
import { useTrial, useTrialValue } from "./store";

export function useCanvasTrial(): CanvasTrial {
  const { flow } = useTrialValue();
  const samples = useSamplesOf(flow.id).data;
  const trial = useTrial((state) => state.trial);
  const state = useTrial((current) => current.state);
  const views = useTrial((current) => current.views);
  const tests = useTrial((current) => current.tests);
  const shown = useTrial((current) => current.shown);
  return useMemo(
    () => ({
      ...canvasOf({ trial, state, views, tests, shown }),
      pinned: pinnedSteps(samples ?? []),
    }),
    [trial, state, views, tests, shown, samples],
  );
}

/** What the canvas shows of a trial or of a test: states of the cards, lit edges, words under a card. Pure. */

import type { Sample, TestResult } from "@/api/trials";
import type { CardMark, StepView } from "@/canvas/graph";
import type { FlowEdge } from "@/document/types";
import { edgeState } from "@/runs/fold";
import type { TrialState } from "./store";

export interface CanvasTrial {
  steps?: Map<string, StepView>;
  pinned?: ReadonlySet<string>;
  marks?: Map<string, CardMark>;
  edgeState?: (edge: FlowEdge) => "lit" | "dead" | null;
}

type Shown = Pick<TrialState, "trial" | "state" | "views" | "tests" | "shown">;

export function canvasOf({ trial, state, views, tests, shown }: Shown): CanvasTrial {
  if (trial) {
    const steps = new Map<string, StepView>(trial.mode === "step" ? [] : views);
    if (trial.mode === "step" && trial.step) {
      const own = views.get(trial.step);
      if (own) steps.set(trial.step, own);
      return { steps };
    }
    return { steps, edgeState: (edge) => edgeState(edge, state, views) };
  }
  const result = tests?.results.find(({ test }) => test === shown);
  return result ? canvasOfTest(result) : {};
}

function canvasOfTest(result: TestResult): CanvasTrial {
  const steps = new Map<string, StepView>(
    Object.entries(result.steps).map(([id, status]) => [nodeOf(id), { status }]),
  );
  return { steps, marks: marksOf(result) };
}

/** Red words where something differs, green ones where a step did what the test expects. */
export function marksOf(result: TestResult): Map<string, CardMark> {
  const marks = new Map<string, CardMark>();
  for (const [id, status] of Object.entries(result.steps))
    if (status === "succeeded") marks.set(nodeOf(id), { tone: "good", words: "as expected" });
  const counts = new Map<string, number>();
  for (const { step } of result.differences)
    if (step) counts.set(nodeOf(step), (counts.get(nodeOf(step)) ?? 0) + 1);
  for (const [id, count] of counts)
    marks.set(id, { tone: "bad", words: count === 1 ? "1 value differs" : `${count} values differ` });
  return marks;
}

/** `each[3].part` belongs to the card `part`. */
const nodeOf = (path: string) => path.slice(path.lastIndexOf(".") + 1);

export function pinnedSteps(samples: Sample[]): Set<string> {
  return new Set(samples.filter(({ pinned }) => pinned).map(({ step }) => step));
}

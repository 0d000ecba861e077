/** One run: its own version on the canvas, lit as facts arrive; the story above, time travel below, detail beside. */
import "@xyflow/react/dist/style.css";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useParams } from "react-router";
import { useConnectors, useEffects, useNodeKinds, useRefresh, useRun, useRunReads } from "@/api/queries";
import type { Effect, RunDetail } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { isTyping } from "@/app/KeysHelp";
import { useTenant } from "@/app/tenant";
import { ErrorState, Loaded, RowsSkeleton } from "@/ui/states";
import { foldAll, nodeViews } from "./fold";
import { ProvenancePanel } from "./ProvenancePanel";
import type { Known } from "./places";
import { traceBack } from "./provenance";
import { RunCanvas } from "./RunCanvas";
import { LoadValueContext } from "./RunData";
import { RunHead } from "./RunHead";
import { traceForward } from "./reached";
import classes from "./run.module.css";
import { StepPanel } from "./StepPanel";
import { storyOf } from "./story";
import { Timeline } from "./Timeline";
import { marksOfChain, marksOfReach } from "./tracing";
import { type Facts, useFacts } from "./useFacts";
import { type Travel, useTravel } from "./useTravel";

const isOver = (status: string) => ["succeeded", "failed", "cancelled"].includes(status);

export default function RunPage() {
  const { run: id = "" } = useParams();
  const { slug } = useTenant();
  const [live, setLive] = useState<number | false>(3000);
  const run = useRun(id, live);
  const status = run.data?.status;
  useEffect(() => setLive(status && isOver(status) ? false : 3000), [status]);
  usePageTitle({ title: "Runs", to: `/t/${slug}/runs` }, { title: run.data?.business_key || id });
  return (
    <Loaded query={run} loading={<RowsSkeleton rows={4} height={64} />}>
      {(loaded) => <RunView key={id} run={loaded} />}
    </Loaded>
  );
}

function RunView({ run }: { run: RunDetail }) {
  const connectors = useConnectors().data ?? [];
  const kinds = useNodeKinds().data?.items ?? [];
  const refresh = useRefresh();
  const held = useFacts(run.id, isOver(run.status), run.last_seq);
  const { facts, loaded, finished, error, retry } = held;
  const effects = useEffects(run.id, isOver(run.status) ? false : 3000);
  const known = effects.data?.items ?? [];
  const travel = useTravel();
  const { choose, ask, goTo } = travel;
  const isPast = travel.at !== null && travel.at < facts.length;
  const shown = isPast ? (travel.at ?? 0) : facts.length;
  const state = useMemo(() => foldAll(facts, shown), [facts, shown]);
  const views = useMemo(() => nodeViews(run.document, state), [run.document, state]);
  const story = useMemo(() => storyOf(facts, run.document), [facts, run.document]);
  const troubled = useMemo(() => {
    const steps = [...state.steps.values()];
    return steps.find(({ status }) => ["uncertain", "failed", "retrying"].includes(status))?.path ?? null;
  }, [state]);
  const selected = travel.field?.step || (travel.step ?? (finished ? troubled : null));
  const asked = useAsked(run, state, travel);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read once more when it ends
  useEffect(() => {
    if (finished && loaded) void refresh(`runs/${run.id}/`, "effects/");
  }, [finished, loaded, run.id]);

  const move = useCallback(
    (to: number) => goTo(to >= facts.length ? null : Math.max(1, to)),
    [goTo, facts.length],
  );
  const byStep = useCallback((by: 1 | -1) => move(nextStep(facts, shown, by)), [move, facts, shown]);
  useTravelKeys(shown, move, byStep, () => ask(null));

  return (
    <LoadValueContext value={held.load}>
      <div className={classes.page}>
        <RunHead
          run={run}
          state={state}
          story={story}
          shown={shown}
          past={isPast}
          onStep={choose}
          onTravel={(to) => (to === null ? goTo(null) : move(to))}
        />
        <div className={classes.middle}>
          <div className={classes.left}>
            {error ? <ErrorState error={error} onRetry={retry} /> : null}
            <div className={classes.canvas}>
              <RunCanvas
                document={run.document}
                connectors={connectors}
                kinds={kinds}
                state={state}
                views={views}
                chosen={selected}
                onChoose={choose}
                follow={!finished || isPast}
                marks={asked.marks}
                fitMarks
              />
            </div>
            <Timeline
              facts={facts}
              document={run.document}
              shown={shown}
              isLive={!isPast && !finished}
              isPast={isPast}
              chosen={selected}
              onMove={move}
              onStep={byStep}
              onChoose={choose}
            />
          </div>
          {travel.field ? (
            <ProvenancePanel
              known={asked.known}
              place={travel.field}
              reach={asked.reach}
              isReady={asked.isReady && loaded}
              run={run.id}
              flow={run.flow.id}
              connectors={connectors}
              onAsk={(place) => (place ? ask(place) : choose(travel.field?.step || null))}
              onChoose={choose}
            />
          ) : (
            <StepPanel
              run={run}
              state={state}
              views={views}
              chosen={selected}
              effects={isPast ? effectsAt(known, facts[shown - 1]?.at) : known}
              connectors={connectors}
              field={travel.field}
              onAsk={ask}
              onChoose={choose}
            />
          )}
        </div>
      </div>
    </LoadValueContext>
  );
}

/** The chain of the field that is asked about, what was made of it, and what of the canvas belongs to that. */
function useAsked(run: RunDetail, state: Known["state"], { field }: Travel) {
  const reads = useRunReads(field ? run.id : null);
  const items = reads.data?.items;
  const known = useMemo<Known>(
    () => ({ document: run.document, event: run.event, reads: items ?? [], state }),
    [run.document, run.event, items, state],
  );
  const reach = useMemo(
    () => (field && field.side !== "request" && items ? traceForward(known, field) : null),
    [field, known, items],
  );
  const marks = useMemo(() => {
    if (!field || !items) return null;
    if (field.side === "event" && reach) return marksOfReach(run.document, reach, field.step);
    return marksOfChain(run.document, traceBack(known, field));
  }, [field, items, reach, known, run.document]);
  return { known, reach, marks, isReady: items !== undefined };
}

/** The ledger as it stood at a moment: what was not intended yet is left out, what was not settled yet is open. */
export function effectsAt(effects: Effect[], moment: string | undefined): Effect[] {
  const at = Date.parse(moment ?? "");
  return effects
    .filter(({ created_at }) => Date.parse(created_at) <= at)
    .map((effect) =>
      effect.settled_at && Date.parse(effect.settled_at) > at
        ? { ...effect, status: "intended", settled_at: null, found: false }
        : effect,
    );
}

/** The next fact, in a direction, at which another step begins to be spoken of. */
export function nextStep(facts: Facts["facts"], shown: number, by: 1 | -1): number {
  const own = facts[shown - 1]?.step;
  for (let at = shown + by; at >= 1 && at <= facts.length; at += by) {
    if (facts[at - 1]?.step !== own) return at;
  }
  return by > 0 ? facts.length : 1;
}

function useTravelKeys(
  shown: number,
  move: (to: number) => void,
  byStep: (by: 1 | -1) => void,
  back: () => void,
): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isOwn = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
      if (isOwn || isTyping(event.target) || isTaken(event.target)) return;
      const by =
        event.key === "ArrowLeft" || event.key === "["
          ? -1
          : event.key === "ArrowRight" || event.key === "]"
            ? 1
            : 0;
      if (by !== 0 && event.shiftKey) byStep(by as 1 | -1);
      else if (by !== 0) move(shown + by);
      else if (event.key === "Home") move(1);
      else if (event.key === "End") move(Number.POSITIVE_INFINITY);
      else if (event.key === "Escape") back();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [shown, move, byStep, back]);
}

/** Parts that use the same keys themselves: trees, cards of the canvas, choices, open dialogs. */
function isTaken(target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  return Boolean(
    element?.closest(
      '[role="tree"], .react-flow__node, [role="radiogroup"], [role="dialog"], [role="listbox"], [role="menu"]',
    ),
  );
}

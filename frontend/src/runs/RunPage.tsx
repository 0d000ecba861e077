/** One run: its own version on the canvas, lit as facts arrive; the story above, time travel below, detail beside. */
import "@xyflow/react/dist/style.css";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useParams } from "react-router";
import { useConnectors, useEffects, useNodeKinds, useRefresh, useRun } from "@/api/queries";
import type { RunDetail } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { isTyping } from "@/app/KeysHelp";
import { useTenant } from "@/app/tenant";
import { ErrorState, Loaded, RowsSkeleton } from "@/ui/states";
import { foldAll, nodeViews } from "./fold";
import { RunCanvas } from "./RunCanvas";
import { RunHead } from "./RunHead";
import classes from "./run.module.css";
import { Scrubber } from "./Scrubber";
import { StepPanel } from "./StepPanel";
import { storyOf } from "./story";
import { useFacts } from "./useFacts";

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
  const { facts, loaded, finished, error, retry } = useFacts(run.id, isOver(run.status), run.last_seq);
  const effects = useEffects(run.id, isOver(run.status) ? false : 3000);
  const [at, setAt] = useState<number | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = at ?? facts.length;
  const state = useMemo(() => foldAll(facts, shown), [facts, shown]);
  const views = useMemo(() => nodeViews(run.document, state), [run.document, state]);
  const story = useMemo(() => storyOf(facts, run.document), [facts, run.document]);
  const troubled = useMemo(() => {
    const steps = [...state.steps.values()];
    return steps.find(({ status }) => ["uncertain", "failed", "retrying"].includes(status))?.path ?? null;
  }, [state]);
  const selected = chosen ?? (finished ? troubled : null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read once more when it ends
  useEffect(() => {
    if (finished && loaded) void refresh(`runs/${run.id}/`, "effects/");
  }, [finished, loaded, run.id]);

  const step = useCallback(
    (by: number) =>
      setAt((before) => {
        const next = Math.max(1, Math.min(facts.length, (before ?? facts.length) + by));
        return next === facts.length ? null : next;
      }),
    [facts.length],
  );
  useTravelKeys(step, setAt);

  return (
    <div className={classes.page}>
      <RunHead
        run={run}
        state={state}
        story={story}
        shown={shown}
        past={at !== null}
        onStep={setChosen}
        onTravel={setAt}
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
              onChoose={setChosen}
              follow={!finished || at !== null}
            />
          </div>
          <Scrubber
            facts={facts}
            document={run.document}
            shown={shown}
            isLive={at === null && !finished}
            onMove={(next) => setAt(next >= facts.length ? null : next)}
          />
        </div>
        <StepPanel
          run={run}
          state={state}
          views={views}
          chosen={selected}
          effects={effects.data?.items ?? []}
          connectors={connectors}
          onChoose={setChosen}
        />
      </div>
    </div>
  );
}

function useTravelKeys(step: (by: number) => void, jump: (to: number | null) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey) return;
      if (event.key === "[") step(-1);
      if (event.key === "]") step(1);
      if (event.key === "Home") jump(1);
      if (event.key === "End") jump(null);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [step, jump]);
}

/** The sandbox console: play a scenario, watch the systems' own books fill, the flow light up, the checks turn green. */
import { Button, Group, Tabs, Tooltip } from "@mantine/core";
import { IconClockPlus, IconRefreshAlert } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { usePlay, useRecentRuns, useRefresh, useSandbox, useTenantPath } from "@/api/queries";
import type { SandboxState } from "@/api/types-admin";
import { usePageTitle } from "@/app/crumbs";
import { useCan } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { tell, tellError } from "@/ui/notify";
import { EmptyState, Loaded } from "@/ui/states";
import { Books } from "./Books";
import { FaultsPanel } from "./FaultsPanel";
import { PlayPanel } from "./PlayPanel";
import { Scenarios } from "./Scenarios";
import { Scoreboard } from "./Scoreboard";
import { SystemsPanel } from "./SystemsPanel";
import classes from "./sandbox.module.css";

const FAST_MS = 900;
const CALM_MS = 6000;
/** A webhook may be accepted in the same moment that the play begins. */
const MARGIN_MS = 1500;

export default function SandboxPage() {
  usePageTitle({ title: "Sandbox" });
  const sandbox = useSandbox();
  return <Loaded query={sandbox}>{(state) => <Console state={state} />}</Loaded>;
}

function Console({ state }: { state: SandboxState }) {
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [search, setSearch] = useSearchParams();
  const playId = search.get("play");
  const [startedAt, setStartedAt] = useState<string | null>(null);
  const [starting, setStarting] = useState<string | null>(null);
  const [running, setRunning] = useState(true);
  const play = usePlay(playId, running ? FAST_MS : false);
  const isRunning = playId !== null && play.data?.status !== "finished";
  if (isRunning !== running) setRunning(isRunning);
  const since = withMargin(play.data?.started_at ?? startedAt);
  const runs = useRecentRuns(
    { environment: "sandbox", since: since ?? undefined, limit: 20 },
    isRunning ? FAST_MS : CALM_MS,
  );
  const shownRuns = since ? (runs.data?.items ?? []) : [];
  const mayPlay = can("play_sandbox");

  async function begin(scenario: string) {
    setStarting(scenario);
    try {
      const at = new Date().toISOString();
      const { play: id } = await api.post<{ play: string }>(path("sandbox/play/"), { scenario });
      setStartedAt(at);
      setSearch({ play: id, scenario }, { replace: true });
    } catch (error) {
      tellError(error, "The scenario did not start");
    } finally {
      setStarting(null);
      void refresh("sandbox/", "runs/");
    }
  }

  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1 className={classes.title}>Sandbox</h1>
          <p className={classes.lead}>
            Simulated systems, real flows. Play a scenario, break things, watch nothing get lost.
          </p>
        </div>
        {mayPlay && <HeadActions onReset={() => setSearch({}, { replace: true })} />}
      </header>
      {state.scenarios.length === 0 && state.systems.length === 0 ? (
        <EmptyState title="No simulated systems are installed">
          A connector brings its own simulator.
        </EmptyState>
      ) : (
        <div className={classes.columns}>
          <div className={classes.cast}>
            <Scenarios
              scenarios={state.scenarios}
              playing={isRunning ? search.get("scenario") : null}
              starting={starting}
              last={search.get("scenario")}
              mayPlay={mayPlay}
              onPlay={begin}
            />
            <FaultsPanel state={state} mayPlay={mayPlay} />
          </div>
          <div className={classes.books}>
            <Tabs defaultValue="books" keepMounted={false}>
              <Tabs.List>
                <Tabs.Tab value="books">What the systems hold</Tabs.Tab>
                <Tabs.Tab value="keys">Addresses and keys</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="books" pt="sm">
                <Books systems={state.systems} live={isRunning ? FAST_MS : CALM_MS} />
              </Tabs.Panel>
              <Tabs.Panel value="keys" pt="sm">
                <SystemsPanel systems={state.systems} />
              </Tabs.Panel>
            </Tabs>
          </div>
          <PlayPanel
            scenario={state.scenarios.find(({ name }) => name === search.get("scenario"))}
            play={play.data ?? null}
            runs={shownRuns}
            isRunning={isRunning}
          />
        </div>
      )}
      <Scoreboard runs={shownRuns} play={play.data ?? null} />
    </div>
  );
}

function withMargin(at: string | null): string | null {
  return at ? new Date(Date.parse(at) - MARGIN_MS).toISOString() : null;
}

function HeadActions({ onReset }: { onReset: () => void }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  async function advance() {
    try {
      await api.post(path("sandbox/clock/"), { advance_seconds: 86_400 });
      await refresh("sandbox/");
      tell("It is one day later in the simulated systems.");
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <Group gap={8}>
      <Tooltip label="Moves the clock of the simulated systems, so that payouts and renewals happen">
        <Button variant="default" leftSection={<IconClockPlus size={16} />} onClick={advance}>
          One day later
        </Button>
      </Tooltip>
      <Button
        variant="default"
        leftSection={<IconRefreshAlert size={16} />}
        onClick={() => setAsking(true)}
        data-testid="sandbox-reset"
      >
        Reset
      </Button>
      <Confirm
        opened={asking}
        title="Reset the sandbox?"
        verb="Reset the sandbox"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await api.post(path("sandbox/reset/"));
          onReset();
          await refresh("sandbox/", "runs/");
          tell("The simulated systems are as on the first day.");
        }}
      >
        All records of the simulated systems and all faults go; the starting data comes back. Flows, runs and
        connections stay.
      </Confirm>
    </Group>
  );
}

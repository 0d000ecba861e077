/** Waits for the next real event of the flow and takes it as the sample; helps to cause one. */
import { Button, Progress, Select } from "@mantine/core";
import { IconEar, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { samplesKey, useRefresh, useSandbox, useTenantPath } from "@/api/queries";
import type { Listening } from "@/api/trials";
import { ENVIRONMENTS, useCan, useEnvironment, useTenant } from "@/app/tenant";
import { useEditor } from "@/canvas/editor";
import { connectorOf } from "@/canvas/kinds";
import type { FlowNode } from "@/document/types";
import { scenarioTitle } from "@/sandbox/Scenarios";
import { CopyField } from "@/ui/copy";
import { tellError } from "@/ui/notify";
import { eventsKey } from "./queries";
import { Refused } from "./Refused";
import { useTrialValue } from "./store";
import { useTaking } from "./taking";
import classes from "./trial.module.css";

const POLL_MS = 1000;

export function Listen({ trigger, onDone }: { trigger: FlowNode; onDone: () => void }) {
  const { flow, store } = useTrialValue();
  const path = useTenantPath();
  const taking = useTaking(flow.id);
  const [environment] = useEnvironment();
  const title = ENVIRONMENTS.find(({ name }) => name === environment)?.title ?? environment;
  const [ear, setEar] = useState<(Listening & { since: number }) | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>(null);
  const start = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await taking.release(trigger.id);
      const made = await api.post<Listening>(path(`flows/${flow.id}/listening/`), {
        environment,
        connections: store.getState().connections,
      });
      setEar({ ...made, since: Date.now() });
    } catch (error) {
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  if (ear && ear.state !== "ended")
    return <Waiting ear={ear} trigger={trigger} onChange={setEar} onDone={onDone} />;
  return (
    <div className={classes.tight}>
      {refusal !== null && <Refused error={refusal} verb="Listen" onAgain={start} />}
      {ear?.state === "ended" && (
        <p className={classes.notice} data-tone="wait" role="status">
          <span className={classes.noticeWords}>No event came. Cause one, then listen again.</span>
        </p>
      )}
      <p className={classes.text}>
        Listen in {title}: the next event that arrives becomes the sample, exactly as it was sent.
      </p>
      <div>
        <Button leftSection={<IconEar size={15} />} loading={busy} onClick={start} data-testid="listen">
          Listen for the next event
        </Button>
      </div>
    </div>
  );
}

type Ear = Listening & { since: number };

function Waiting(props: {
  ear: Ear;
  trigger: FlowNode;
  onChange: (ear: Ear | null) => void;
  onDone: () => void;
}) {
  const { ear, trigger, onChange, onDone } = props;
  const { flow } = useTrialValue();
  const path = useTenantPath();
  const [environment] = useEnvironment();
  const refresh = useRefresh();
  const address = path(`flows/${flow.id}/listening/${ear.id}/`);
  const latest = useRef({ onChange, onDone, refresh, ear });
  latest.current = { onChange, onDone, refresh, ear };
  const [now, setNow] = useState(Date.now());

  useEffect(() => {
    let isGone = false;
    const ask = async () => {
      setNow(Date.now());
      const answer = await api.get<Listening>(address).catch(() => null);
      if (isGone || !answer) return;
      const { current } = latest;
      if (answer.state === "heard") {
        isGone = true;
        await current.refresh(samplesKey(flow.id), eventsKey(flow.id));
        current.onDone();
      }
      if (answer.state === "ended") current.onChange({ ...current.ear, ...answer });
    };
    const timer = setInterval(() => void ask(), POLL_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [address, flow.id]);

  const end = () => {
    void api.delete(address).catch(() => {});
    onChange(null);
  };
  const until = ear.until ? Date.parse(ear.until) : null;
  const left = until === null ? null : Math.max(0, Math.ceil((until - now) / 1000));
  return (
    <div className={classes.listening} data-testid="listening">
      <div className={classes.row}>
        <span className={classes.pulse} aria-hidden />
        <strong role="status">Listening for the next event</strong>
        <span className={classes.spread} />
        {left !== null && <span className="faint tabular">{leftWords(left)}</span>}
      </div>
      {until !== null && left !== null && (
        <Progress
          value={Math.max(0, Math.min(100, ((until - now) / (until - ear.since)) * 100))}
          size={4}
          aria-label="Time left"
        />
      )}
      {ear.hint && <p className={classes.text}>{ear.hint}</p>}
      {ear.address && <CopyField label="Address to send it to" value={ear.address} />}
      {environment === "sandbox" && <CauseOne trigger={trigger} />}
      <div>
        <Button variant="default" onClick={end} data-testid="listen-cancel">
          Stop listening
        </Button>
      </div>
    </div>
  );
}

function leftWords(seconds: number): string {
  return seconds >= 60
    ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`
    : `${seconds} s left`;
}

/** In the sandbox an event is one click away: the scenarios of the system that the trigger listens to come first. */
function CauseOne({ trigger }: { trigger: FlowNode }) {
  const { slug } = useTenant();
  const { store, connectors } = useEditor();
  const path = useTenantPath();
  const can = useCan();
  const sandbox = useSandbox().data;
  const system = connectorOf(store.getState().document, trigger, connectors)?.name ?? "";
  const scenarios = [...(sandbox?.scenarios ?? [])].sort(
    (a, b) => Number(b.name.startsWith(system)) - Number(a.name.startsWith(system)),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const name = chosen ?? scenarios[0]?.name ?? null;
  if (!name || !can("play_sandbox")) return null;
  const play = async () => {
    setBusy(true);
    try {
      await api.post(path("sandbox/play/"), { scenario: name });
    } catch (error) {
      tellError(error, "The scenario was not played");
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={classes.tight}>
      <span className={classes.text}>
        Cause one now, or play in the <Link to={`/t/${slug}/sandbox`}>sandbox</Link>:
      </span>
      <div className={classes.row} style={{ flexWrap: "nowrap" }}>
        <Select
          size="xs"
          style={{ flex: 1 }}
          aria-label="What happens in the sandbox"
          data={scenarios.map((scenario) => ({ value: scenario.name, label: scenarioTitle(scenario) }))}
          value={name}
          onChange={setChosen}
        />
        <Button
          leftSection={<IconPlayerPlayFilled size={12} />}
          loading={busy}
          onClick={play}
          data-testid="listen-play"
        >
          Play
        </Button>
      </div>
    </div>
  );
}

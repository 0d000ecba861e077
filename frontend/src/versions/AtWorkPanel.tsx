/** Where a flow works: every environment side by side with its version, trigger, runs and what waits. */
import { Button, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugOff,
  IconRocket,
} from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { useAtWork, useRefresh, useTenantPath } from "@/api/queries";
import type { AtWork, Deployment, Environment, FlowDetail } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { CopyIcon } from "@/ui/copy";
import { tell, tellError } from "@/ui/notify";
import { Loaded, RowsSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status";
import { Ago } from "@/ui/time";
import classes from "./atwork.module.css";
import { environmentTitle } from "./EnvironmentTag";
import { nameOf } from "./History";
import { RollBackDialog } from "./RollBackDialog";

interface Props {
  flow: FlowDetail;
  onDeploy: (environment: Environment) => void;
}

export function AtWorkPanel({ flow, onDeploy }: Props) {
  const found = useAtWork(flow.id, 5_000);
  const [ending, setEnding] = useState<AtWork | null>(null);
  const [back, setBack] = useState<AtWork | null>(null);
  const act = useAct(flow);
  return (
    <section className={classes.panel} aria-label="Where it works">
      <Loaded query={found} loading={<RowsSkeleton rows={6} />}>
        {(items) => (
          <div className={classes.grid}>
            {items.map((item) => (
              <EnvironmentCard
                key={item.environment}
                item={item}
                flow={flow}
                onDeploy={() => onDeploy(item.environment)}
                onRollBack={() => setBack(item)}
                onEnd={() => setEnding(item)}
                onPause={() => act.pause(item)}
              />
            ))}
          </div>
        )}
      </Loaded>
      <Confirm
        opened={ending !== null}
        title={`Take “${flow.name}” out of work in ${environmentTitle(ending?.environment ?? "")}?`}
        verb="Take out of work"
        onClose={() => setEnding(null)}
        onConfirm={async () => ending && act.end(ending)}
      >
        Nothing starts there any more, and the address of its trigger stops taking events. Runs that have
        begun go on to their end. What a pause has kept waits until a version is deployed there again.
      </Confirm>
      <RollBackDialog flow={flow} item={back} onClose={() => setBack(null)} onDone={act.done} />
    </section>
  );
}

function useAct(flow: FlowDetail) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const done = () => refresh(`flows/${flow.id}/`, "flows/");
  const at = ({ environment }: AtWork) => `flows/${flow.id}/deployments/${environment}`;
  return {
    done,
    pause: async (item: AtWork) => {
      const verb = item.deployment?.paused ? "resume" : "pause";
      try {
        await api.post<Deployment>(path(`${at(item)}/${verb}/`));
        await done();
        tell(
          verb === "pause" ? "Paused. What arrives is kept, and carried when you resume." : "At work again.",
        );
      } catch (error) {
        tellError(error);
      }
    },
    end: async (item: AtWork) => {
      await api.post(path(`${at(item)}/end/`));
      await done();
      tell(`The flow is out of work in ${environmentTitle(item.environment)}.`);
    },
  };
}

interface CardProps {
  item: AtWork;
  flow: FlowDetail;
  onDeploy: () => void;
  onRollBack: () => void;
  onEnd: () => void;
  onPause: () => void;
}

function EnvironmentCard(props: CardProps) {
  const { item, flow } = props;
  const title = environmentTitle(item.environment);
  const { deployment } = item;
  return (
    <article
      className={classes.card}
      data-environment={item.environment}
      data-testid={`at-work-${item.environment}`}
      aria-label={title}
    >
      <header className={classes.cardHead}>
        <h2 className={classes.cardTitle}>{title}</h2>
        {deployment ? (
          <StatusBadge status={deployment.paused ? "paused" : "live"} />
        ) : (
          <span className="faint">not at work</span>
        )}
      </header>
      {deployment ? (
        <Facts item={item} flow={flow} deployment={deployment} />
      ) : (
        <p className={classes.nothing}>
          {item.earlier
            ? `Version ${item.earlier.version} was at work here before.`
            : "No version was ever deployed here."}
          {item.kept > 0 && ` ${kept(item.kept)} since.`}
        </p>
      )}
      <Actions {...props} />
    </article>
  );
}

function Facts({ item, flow, deployment }: { item: AtWork; flow: FlowDetail; deployment: Deployment }) {
  const { slug } = useTenant();
  const runs = `/t/${slug}/runs?flow=${flow.id}&environment=${item.environment}`;
  return (
    <dl className={classes.facts}>
      <dt>Version</dt>
      <dd>
        <strong>{deployment.version}</strong> <span className="faint">since </span>
        <Ago at={deployment.created_at} /> <span className="faint">by {nameOf(deployment.created_by)}</span>
      </dd>
      <dt>Trigger</dt>
      <dd>
        {triggerWords(deployment)}
        {deployment.paused && item.kept > 0 && <div className={classes.kept}>{kept(item.kept)}</div>}
      </dd>
      <dt>Last run</dt>
      <dd>
        {item.last_run ? (
          <Link to={`/t/${slug}/runs/${item.last_run.id}`} className={classes.run}>
            <StatusBadge status={item.last_run.status} plain />
            <Ago at={item.last_run.created_at} />
          </Link>
        ) : (
          <span className="faint">none yet</span>
        )}
      </dd>
      <dt>24 hours</dt>
      <dd>
        <Link to={runs}>{item.runs_day === 1 ? "1 run" : `${item.runs_day} runs`}</Link>
        {", "}
        {item.failed_day > 0 ? (
          <Link to={`${runs}&status=failed,uncertain`} className={classes.bad}>
            {item.failed_day} in trouble
          </Link>
        ) : (
          <span className="faint">none in trouble</span>
        )}
      </dd>
      {deployment.webhook_url && (
        <>
          <dt>Address</dt>
          <dd>
            <div className={classes.address}>
              <code className="mono truncate" title={deployment.webhook_url}>
                {deployment.webhook_url}
              </code>
              <CopyIcon value={deployment.webhook_url} label="Copy the address" />
            </div>
          </dd>
        </>
      )}
    </dl>
  );
}

function Actions({ item, onDeploy, onRollBack, onEnd, onPause }: CardProps) {
  const can = useCan();
  if (!can("deploy") && !(can("deploy_sandbox") && item.environment === "sandbox")) return null;
  const { deployment } = item;
  return (
    <footer className={classes.actions}>
      <Button
        size="xs"
        variant={deployment ? "default" : "light"}
        leftSection={<IconRocket size={15} />}
        onClick={onDeploy}
        data-testid={`deploy-in-${item.environment}`}
      >
        {deployment ? "Deploy another…" : "Deploy here…"}
      </Button>
      {deployment && (
        <Button
          size="xs"
          variant="default"
          leftSection={deployment.paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
          onClick={onPause}
          data-testid={`pause-${item.environment}`}
        >
          {deployment.paused ? "Resume" : "Pause"}
        </Button>
      )}
      {item.earlier && (
        <Tooltip label={`Version ${item.earlier.version} is put to work again`}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowBackUp size={15} />}
            onClick={onRollBack}
            data-testid={`roll-back-${item.environment}`}
          >
            {deployment ? "Roll back…" : `Put version ${item.earlier.version} to work again…`}
          </Button>
        </Tooltip>
      )}
      {deployment && (
        <Button
          size="xs"
          variant="subtle"
          color="red"
          leftSection={<IconPlugOff size={15} />}
          onClick={onEnd}
          data-testid={`end-${item.environment}`}
        >
          Take out of work…
        </Button>
      )}
    </footer>
  );
}

function kept(count: number): string {
  return count === 1 ? "1 event has arrived and waits" : `${count} events have arrived and wait`;
}

function triggerWords({ paused, subscription }: Deployment): string {
  const state = paused ? "Paused: what arrives is kept" : "Live";
  if (subscription?.status === "active") return `${state}, subscribed at the sender`;
  if (subscription?.status === "pending") return `${state}, the subscription at the sender is being tried`;
  return state;
}

/** Puts a version to work in an environment: binds a connection to each system, answers the webhook address. */
import { Alert, Button, Group, Modal, Select } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { api, explain } from "@/api/client";
import { useConnections, useConnectors, useRefresh, useTenantPath, useVersions } from "@/api/queries";
import type { Connection, Deployment, Environment, FlowDetail } from "@/api/types";
import { ENVIRONMENTS, useCan, useEnvironment, useTenant } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { CopyField } from "@/ui/copy";
import { stateOf } from "@/ui/status";
import classes from "./deploy.module.css";

interface Props {
  flow: FlowDetail;
  opened: boolean;
  onClose: () => void;
}

export function DeployDialog(props: Props) {
  const [done, setDone] = useState<Deployment | null>(null);
  const title = done ? "At work" : `Deploy “${props.flow.name}”`;
  const close = () => {
    props.onClose();
    setTimeout(() => setDone(null), 200);
  };
  return (
    <Modal opened={props.opened} onClose={close} title={title} size="lg">
      {done ? <Deployed deployment={done} onClose={close} /> : <DeployForm {...props} onDone={setDone} />}
    </Modal>
  );
}

function Deployed({ deployment, onClose }: { deployment: Deployment; onClose: () => void }) {
  const title = ENVIRONMENTS.find(({ name }) => name === deployment.environment)?.title;
  return (
    <div className={classes.form} data-testid="deployed-done">
      <p className="soft">
        Version {deployment.version} is at work in {title}.
      </p>
      {deployment.webhook_url && (
        <>
          <CopyField label="Webhook" value={deployment.webhook_url} testId="webhook-url" />
          <p className="faint">
            Give this address to the system that sends the events. Where a connection can register it by
            itself, that has been done.
          </p>
        </>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose} data-testid="deploy-close">
          Done
        </Button>
      </Group>
    </div>
  );
}

function DeployForm({ flow, opened, onClose, onDone }: Props & { onDone: (deployment: Deployment) => void }) {
  const { slug } = useTenant();
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [current] = useEnvironment();
  const versions = useVersions(flow.id).data ?? [];
  const connections = useConnections();
  const connectors = useConnectors().data ?? [];
  const allowed = ENVIRONMENTS.filter(({ name }) => can("deploy") || name === "sandbox");
  const [environment, setEnvironment] = useState<Environment>(current);
  const [version, setVersion] = useState<number | null>(null);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const number = version ?? flow.latest_version ?? 0;
  const aliases = useMemo(
    () =>
      Object.entries(
        versions.find((entry) => entry.number === number)?.document?.connections ?? flow.document.connections,
      ),
    [versions, number, flow.document.connections],
  );
  const here = (connections.data ?? []).filter((connection) => connection.environment === environment);
  const running = flow.deployments.find(
    (deployment) => deployment.active && deployment.environment === environment,
  );

  useEffect(() => {
    if (!opened) return;
    const bound = Object.fromEntries(
      aliases.flatMap(([alias, { connector }]) => {
        const fitting = here.filter((connection) => connection.connector === connector);
        const kept = fitting.find(({ id }) => id === (chosen[alias] ?? running?.connections[alias]));
        const choice = kept ?? (fitting.length === 1 ? fitting[0] : undefined);
        return choice ? [[alias, choice.id]] : [];
      }),
    );
    if (JSON.stringify(bound) !== JSON.stringify(chosen)) setChosen(bound);
  }, [opened, aliases, here, running, chosen]);

  const isComplete = aliases.every(([alias]) => chosen[alias]);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { environment, version: number, connections: chosen };
      const deployment = await api.post<Deployment>(path(`flows/${flow.id}/deployments/`), body);
      await refresh(`flows/${flow.id}/`, "flows/");
      onDone(deployment);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className={classes.form}>
      {problem !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={explain(problem).title} role="alert">
          {explain(problem).detail} {explain(problem).hint}
        </Alert>
      )}
      <Group grow align="flex-start">
        <Select
          label="Environment"
          data={allowed.map(({ name, title }) => ({ value: name, label: title }))}
          value={environment}
          onChange={(name) => name && setEnvironment(name as Environment)}
          data-testid="deploy-environment"
        />
        <Select
          label="Version"
          data={(versions.length > 0 ? versions.map((entry) => entry.number) : [number]).map((entry) => ({
            value: String(entry),
            label: versionLabel(entry, versions.find((known) => known.number === entry)?.message),
          }))}
          value={String(number)}
          onChange={(next) => setVersion(Number(next))}
        />
      </Group>
      {aliases.length > 0 && <h3 className={classes.heading}>Connections in this environment</h3>}
      {aliases.map(([alias, { connector }]) => {
        const known = connectors.find(({ name }) => name === connector);
        const fitting = here.filter((connection) => connection.connector === connector);
        return (
          <div key={alias} className={classes.alias}>
            <ConnectorIcon name={known?.title ?? connector} url={known?.icon_url} size={30} />
            <div className={classes.aliasWords}>
              <strong>{known?.title ?? connector}</strong>
              <span className="faint mono">{alias}</span>
            </div>
            {fitting.length > 0 ? (
              <Select
                aria-label={`Connection for ${alias}`}
                data={fitting.map((connection) => ({
                  value: connection.id,
                  label: connectionLabel(connection),
                }))}
                value={chosen[alias] ?? null}
                placeholder="choose a connection"
                onChange={(id) => id && setChosen({ ...chosen, [alias]: id })}
                data-testid={`bind-${alias}`}
              />
            ) : (
              <span className={classes.none}>
                None in this environment.{" "}
                <Link to={`/t/${slug}/connections?new=${connector}&environment=${environment}`}>
                  Connect one
                </Link>
              </span>
            )}
          </div>
        );
      })}
      {running && (
        <p className="faint">
          Version {running.version} is at work there now. Runs that have begun keep their version; new events
          take this one.
        </p>
      )}
      {environment === "production" && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />}>
          This is production: events from now on are carried for real.
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          loading={busy}
          disabled={!isComplete || number === 0}
          data-testid="deploy-confirm"
        >
          Deploy version {number}
        </Button>
      </Group>
    </form>
  );
}

function versionLabel(number: number, message?: string): string {
  return message ? `${number} · ${message.slice(0, 50)}` : String(number);
}
function connectionLabel(connection: Connection): string {
  const state = connection.status === "ok" ? "" : ` · ${stateOf(connection.status).word.toLowerCase()}`;
  return `${connection.name}${connection.simulated ? " (simulated)" : ""}${state}`;
}

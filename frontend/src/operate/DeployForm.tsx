/** Which version, where, with which connections; and in words what that will do. */
import { Alert, Button, Group, Select, Skeleton } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useEffect, useMemo, useState } from "react";
import { api, explain } from "@/api/client";
import { useAtWork, useConnectors, useRefresh, useTenantPath, useVersion, useVersions } from "@/api/queries";
import type { Deployment, Environment, FlowDetail } from "@/api/types";
import { ENVIRONMENTS, useCan, useEnvironment } from "@/app/tenant";
import { difference, isEmpty } from "@/document/differences";
import { environmentTitle } from "@/versions/EnvironmentTag";
import { ProductionCheck } from "@/versions/ProductionCheck";
import { whole } from "@/versions/sides";
import { summaryOf } from "@/versions/words";
import { Bindings, useBound } from "./Bindings";
import classes from "./deploy.module.css";
import { allowedIn, deployWords } from "./deployWords";

interface Props {
  flow: FlowDetail;
  version?: number;
  environment?: Environment;
  onClose: () => void;
  onTarget: (environment: Environment) => void;
  onDone: (deployment: Deployment) => void;
}

export function DeployForm(props: Props) {
  const { flow, onClose, onTarget, onDone } = props;
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [current] = useEnvironment();
  const versions = useVersions(flow.id).data ?? [];
  const work = useAtWork(flow.id).data;
  const connectors = useConnectors().data ?? [];
  const allowed = ENVIRONMENTS.filter(({ name }) => allowedIn(name, can));
  const wanted = props.environment ?? current;
  const [environment, setEnvironment] = useState<Environment>(
    allowed.some(({ name }) => name === wanted) ? wanted : (allowed[0]?.name ?? "sandbox"),
  );
  const [version, setVersion] = useState<number | null>(props.version ?? null);
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const number = version ?? flow.latest_version ?? 0;
  const document = useVersion(flow.id, number || null).data?.document;
  const aliases = useMemo(
    () => Object.entries(document?.connections ?? {}).map(([alias, { connector }]) => ({ alias, connector })),
    [document],
  );
  const now = work?.find((row) => row.environment === environment);
  const last = now?.deployment?.connections ?? now?.earlier?.connections;
  const { bound, pick, here, isComplete } = useBound(aliases, environment, last);
  const title = environmentTitle(environment);
  useEffect(() => onTarget(environment), [environment, onTarget]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { environment, version: number, connections: bound };
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
          data={allowed.map((entry) => ({ value: entry.name, label: entry.title }))}
          value={environment}
          allowDeselect={false}
          onChange={(name) => name && setEnvironment(name as Environment)}
          data-testid="deploy-environment"
        />
        <Select
          label="Version"
          data={(versions.length > 0 ? versions : [{ number, message: "" }]).map((entry) => ({
            value: String(entry.number),
            label: versionLabel(entry.number, entry.message),
          }))}
          value={String(number)}
          allowDeselect={false}
          onChange={(next) => setVersion(Number(next))}
          data-testid="deploy-version"
        />
      </Group>
      {!document && <Skeleton height={96} />}
      {aliases.length > 0 && (
        <section aria-label={`Connections in ${title}`} className={classes.form}>
          <h3 className={classes.heading}>Connections in {title}</h3>
          <Bindings aliases={aliases} environment={environment} bound={bound} here={here} onPick={pick} />
        </section>
      )}
      {document && (
        <section aria-label="What will happen" className={classes.happens}>
          <h3 className={classes.heading}>What will happen</h3>
          <ul data-testid="deploy-words">
            {deployWords({
              document,
              number,
              environment: title,
              now,
              bound: here.filter(({ id }) => Object.values(bound).includes(id)),
              connectors,
            }).map((line) => (
              <li key={line}>{line}</li>
            ))}
            <SinceThen flow={flow} running={now?.deployment?.version ?? null} number={number} />
          </ul>
        </section>
      )}
      {environment === "production" && <ProductionCheck onSure={setSure} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          color={environment === "production" ? "red" : undefined}
          loading={busy}
          disabled={!isComplete || !document || (environment === "production" && !sure)}
          data-testid="deploy-confirm"
        >
          Deploy version {number} to {title}
        </Button>
      </Group>
    </form>
  );
}

/** How the version differs from the one that is at work there. */
function SinceThen({ flow, running, number }: { flow: FlowDetail; running: number | null; number: number }) {
  const before = useVersion(flow.id, running).data?.document;
  const after = useVersion(flow.id, number || null).data?.document;
  if (running === null || running === number || !before || !after) return null;
  const found = difference(whole(before), whole(after));
  return (
    <li>
      Compared with version {running}:{" "}
      {isEmpty(found) ? "nothing differs but places on the canvas" : summaryOf(found)}.
    </li>
  );
}

function versionLabel(number: number, message?: string): string {
  return message ? `${number} · ${message.slice(0, 50)}` : String(number);
}

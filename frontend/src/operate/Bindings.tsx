/** A connection for each alias of a flow: only fitting ones, each with its state, tested or made on the spot. */
import { ActionIcon, Button, Select, Tooltip } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { api, explain } from "@/api/client";
import { useConnections, useConnectors, useRefresh, useTenantPath } from "@/api/queries";
import type { Connection, Connector, Environment } from "@/api/types";
import { useCan } from "@/app/tenant";
import { ConnectionDialog } from "@/connections/ConnectionDialog";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { StatusBadge } from "@/ui/status";
import { environmentTitle } from "@/versions/EnvironmentTag";
import classes from "./deploy.module.css";

export type Bound = Record<string, string>;
export interface Alias {
  alias: string;
  connector: string;
}

/** What is chosen, completed by what was bound last, what there is only one of, and what was just made. */
export function useBound(aliases: Alias[], environment: Environment, last: Bound | undefined) {
  const all = useConnections().data;
  const [picked, setPicked] = useState<Bound>({});
  const here = (all ?? []).filter((connection) => connection.environment === environment);
  const bound: Bound = {};
  for (const { alias, connector } of aliases) {
    const fitting = here.filter((connection) => connection.connector === connector);
    const has = (id?: string) => fitting.find((connection) => connection.id === id);
    const healthy = fitting.filter(({ status }) => status !== "broken");
    const only = healthy.length === 1 || environment === "sandbox" ? healthy[0] : undefined;
    const choice = has(picked[alias]) ?? has(last?.[alias]) ?? only;
    if (choice) bound[alias] = choice.id;
  }
  const pick = (alias: string, id: string) => setPicked((before) => ({ ...before, [alias]: id }));
  return { bound, pick, here, isComplete: aliases.every(({ alias }) => bound[alias]) };
}

interface Props {
  aliases: Alias[];
  environment: Environment;
  bound: Bound;
  here: Connection[];
  onPick: (alias: string, id: string) => void;
}

export function Bindings({ aliases, environment, bound, here, onPick }: Props) {
  const connectors = useConnectors().data ?? [];
  const can = useCan();
  const [making, setMaking] = useState<Alias | null>(null);
  const known = (name: string) => connectors.find((connector) => connector.name === name);
  useMade(making, here, onPick);
  return (
    <div className={classes.bindings}>
      {aliases.map((entry) => (
        <Binding
          key={entry.alias}
          entry={entry}
          connector={known(entry.connector)}
          environment={environment}
          fitting={here.filter((connection) => connection.connector === entry.connector)}
          chosen={bound[entry.alias]}
          onPick={(id) => onPick(entry.alias, id)}
          onMake={can("manage_connections") ? () => setMaking(entry) : undefined}
        />
      ))}
      <ConnectionDialog
        connector={(making && known(making.connector)) ?? null}
        environment={environment}
        onClose={() => setMaking(null)}
      />
    </div>
  );
}

/** The connection that appears while its form is open is the one that was wanted. */
function useMade(making: Alias | null, here: Connection[], onPick: Props["onPick"]): void {
  const [before, setBefore] = useState<string[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was there is noted when the form opens
  useEffect(() => setBefore(making ? here.map(({ id }) => id) : null), [making]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new connection is looked for
  useEffect(() => {
    if (!making || !before) return;
    const made = here.find(({ id, connector }) => connector === making.connector && !before.includes(id));
    if (made) onPick(making.alias, made.id);
  }, [here.length, making, before]);
}

function Binding(props: {
  entry: Alias;
  connector: Connector | undefined;
  environment: Environment;
  fitting: Connection[];
  chosen: string | undefined;
  onPick: (id: string) => void;
  onMake?: () => void;
}) {
  const { entry, fitting, connector } = props;
  const title = connector?.title ?? entry.connector;
  const chosen = fitting.find(({ id }) => id === props.chosen);
  return (
    <div className={classes.alias}>
      <ConnectorIcon name={title} url={connector?.icon_url} size={30} />
      <div className={classes.aliasWords}>
        <strong>{title}</strong>
        <span className="faint mono">{entry.alias}</span>
      </div>
      {fitting.length > 0 ? (
        <Select
          aria-label={`Connection for ${entry.alias}`}
          data={fitting.map((connection) => ({ value: connection.id, label: nameOf(connection) }))}
          value={props.chosen ?? null}
          placeholder="choose a connection"
          allowDeselect={false}
          onChange={(id) => id && props.onPick(id)}
          data-testid={`bind-${entry.alias}`}
        />
      ) : (
        <span className={classes.none}>
          None in {environmentTitle(props.environment)} yet{props.onMake ? "" : "; an admin can connect one"}
        </span>
      )}
      {props.onMake && fitting.length > 0 && (
        <Tooltip label={`Connect another ${title}`}>
          <ActionIcon
            aria-label={`Connect another ${title}`}
            onClick={props.onMake}
            data-testid={`connect-${entry.alias}`}
          >
            <IconPlus size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {props.onMake && fitting.length === 0 && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} />}
          onClick={props.onMake}
          data-testid={`connect-${entry.alias}`}
        >
          Connect
        </Button>
      )}
      {chosen && <Health connection={chosen} />}
    </div>
  );
}

function Health({ connection }: { connection: Connection }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [said, setSaid] = useState<{ id: string; ok: boolean; message: string } | null>(null);
  const [busy, setBusy] = useState(false);
  async function test() {
    setBusy(true);
    try {
      const answer = await api.post<{ ok: boolean; message: string }>(
        path(`connections/${connection.id}/test/`),
      );
      setSaid({ id: connection.id, ...answer });
      await refresh("connections/");
    } catch (error) {
      setSaid({ id: connection.id, ok: false, message: explain(error).detail });
    } finally {
      setBusy(false);
    }
  }
  const detail = connection.status_detail;
  const words = typeof detail === "string" ? detail : detail?.message;
  const answer = said?.id === connection.id ? said.message : words;
  return (
    <div className={classes.health}>
      <StatusBadge status={connection.status} plain />
      {answer && <span className={`${classes.answer} faint`}>{answer}</span>}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlugConnected size={14} />}
        loading={busy}
        onClick={test}
      >
        Test
      </Button>
    </div>
  );
}

function nameOf(connection: Connection): string {
  return connection.simulated && !/simulated/i.test(connection.name)
    ? `${connection.name} (simulated)`
    : connection.name;
}

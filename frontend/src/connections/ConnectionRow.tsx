/** One row of the connections: what it is, whether it works, and what can be done with it. */
import { ActionIcon, Button, Menu, Table, Tooltip } from "@mantine/core";
import { IconCopy, IconDots, IconKey, IconPencil, IconPlayerPause, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { Connection, ConnectionTest, Connector } from "@/api/types";
import { ENVIRONMENTS, useCan } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { tellError } from "@/ui/notify";
import { StatusBadge, Tag } from "@/ui/status";
import { Ago } from "@/ui/time";
import { type ConnectionAct, ConnectionDialogs } from "./ConnectionDialogs";
import classes from "./connections.module.css";

function detailOf(connection: Connection): string {
  const detail = connection.status_detail;
  if (!detail) return "";
  if (typeof detail === "string") return detail;
  return [detail.message, detail.hint].filter(Boolean).join(" ");
}

export function ConnectionRow({
  connection,
  connector,
  mayManage,
  everywhere,
  onOpen,
}: {
  connection: Connection;
  connector?: Connector;
  mayManage: boolean;
  everywhere: boolean;
  onOpen: () => void;
}) {
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<ConnectionTest | null>(null);
  const [dialog, setDialog] = useState<ConnectionAct | null>(null);
  const base = `connections/${connection.id}/`;

  async function test() {
    setBusy(true);
    try {
      setAnswer(await api.post<ConnectionTest>(path(`${base}test/`)));
      await refresh("connections/");
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  }
  async function pause() {
    try {
      await api.patch(path(base), { paused: connection.status !== "paused" });
      await refresh("connections/");
    } catch (error) {
      tellError(error);
    }
  }
  const message = answer?.message ?? detailOf(connection);
  return (
    <Table.Tr
      className={classes.row}
      data-testid={`connection-row-${connection.id}`}
      data-name={connection.name}
      onClick={(event) => !(event.target as HTMLElement).closest("button, a") && onOpen()}
    >
      <Table.Td>
        <div className={classes.name}>
          <ConnectorIcon
            name={connector?.title ?? connection.connector}
            url={connector?.icon_url}
            size={34}
          />
          <div>
            <div className={classes.title}>
              <button type="button" className={classes.open} onClick={onOpen}>
                {connection.name}
              </button>
              {everywhere && (
                <span className={classes.place} data-environment={connection.environment}>
                  {ENVIRONMENTS.find(({ name }) => name === connection.environment)?.title}
                </span>
              )}
              {connection.simulated && (
                <Tag tone="busy" title="Talks to the simulated system of the sandbox">
                  simulated
                </Tag>
              )}
            </div>
            <span className="faint">
              {connector?.title ?? connection.connector}
              {connection.config.company ? ` · ${connection.config.company}` : ""}
            </span>
          </div>
        </div>
      </Table.Td>
      <Table.Td>
        <StatusBadge status={connection.status} />
        {message && (
          <div
            className={classes.detail}
            data-bad={answer?.ok === false || connection.status === "broken" || undefined}
          >
            {message}
          </div>
        )}
      </Table.Td>
      <Table.Td className="faint">
        <Ago at={connection.last_used_at} />
      </Table.Td>
      <Table.Td>
        <div className={classes.actions}>
          {can("use_connections") && (
            <Button variant="default" loading={busy} onClick={test} data-testid={`test-${connection.name}`}>
              Test
            </Button>
          )}
          {mayManage && (
            <Menu position="bottom-end" width={200}>
              <Menu.Target>
                <Tooltip label="More">
                  <ActionIcon aria-label={`More about ${connection.name}`}>
                    <IconDots size={17} />
                  </ActionIcon>
                </Tooltip>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setDialog("rotate")}>
                  Rotate credential
                </Menu.Item>
                <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog("edit")}>
                  Edit name and settings
                </Menu.Item>
                <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => setDialog("duplicate")}>
                  Duplicate
                </Menu.Item>
                <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={pause}>
                  {connection.status === "paused" ? "Resume" : "Pause"}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={16} />}
                  onClick={() => setDialog("delete")}
                >
                  Delete
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
        <ConnectionDialogs
          act={dialog}
          connection={connection}
          connector={connector}
          onClose={() => setDialog(null)}
        />
      </Table.Td>
    </Table.Tr>
  );
}

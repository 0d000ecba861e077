/** The connections of the chosen environment: what is connected, whether it works, and the gallery to connect more. */
import { ActionIcon, Button, Menu, Table, Tooltip, VisuallyHidden } from "@mantine/core";
import {
  IconDots,
  IconKey,
  IconPlayerPause,
  IconPlugConnected,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useConnections, useConnectors, useRefresh, useTenantPath } from "@/api/queries";
import type { Connection, Connector } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { ENVIRONMENTS, useCan, useEnvironment } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { tell, tellError } from "@/ui/notify";
import { Page, Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { StatusBadge, Tag } from "@/ui/status";
import { Ago } from "@/ui/time";
import { ConnectionDialog } from "./ConnectionDialog";
import { ConnectorGallery } from "./ConnectorGallery";
import classes from "./connections.module.css";
import { RotateDialog } from "./RotateDialog";

export default function ConnectionsPage() {
  usePageTitle({ title: "Connections" });
  const [environment] = useEnvironment();
  const can = useCan();
  const connections = useConnections();
  const connectors = useConnectors();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("new");
  const chosen = connectors.data?.find(({ name }) => name === wanted) ?? null;
  const title = ENVIRONMENTS.find(({ name }) => name === environment)?.title ?? environment;
  const begin = (name: string | null) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (name) next.set("new", name);
        else next.delete("new");
        return next;
      },
      { replace: true },
    );
  const here = connections.data?.filter((connection) => connection.environment === environment);
  const mayManage = can("manage_connections");
  return (
    <Page
      title="Connections"
      lead={`Links to other systems in ${title}. Credentials are sealed and never shown again.`}
      actions={
        mayManage && (
          <Button
            leftSection={<IconPlus size={16} />}
            onClick={() => begin("choose")}
            data-testid="new-connection"
          >
            Connect a system
          </Button>
        )
      }
    >
      <Panel label="Connections">
        <Loaded query={connections}>
          {() =>
            here?.length === 0 ? (
              <EmptyState
                icon={<IconPlugConnected size={24} />}
                title={`Nothing is connected in ${title} yet`}
                action={
                  mayManage && (
                    <Button variant="light" onClick={() => begin("choose")}>
                      Connect a system
                    </Button>
                  )
                }
              >
                A flow names the systems it uses; which connection each one takes is chosen when the flow is
                deployed.
              </EmptyState>
            ) : (
              <ConnectionsTable rows={here ?? []} connectors={connectors.data ?? []} mayManage={mayManage} />
            )
          }
        </Loaded>
      </Panel>
      <ConnectorGallery
        opened={wanted === "choose"}
        connectors={connectors.data ?? []}
        onChoose={begin}
        onClose={() => begin(null)}
      />
      <ConnectionDialog connector={chosen} environment={environment} onClose={() => begin(null)} />
    </Page>
  );
}

function ConnectionsTable(props: { rows: Connection[]; connectors: Connector[]; mayManage: boolean }) {
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Connection</Table.Th>
          <Table.Th w={360}>State</Table.Th>
          <Table.Th w={140}>Last used</Table.Th>
          <Table.Th w={150}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.rows.map((connection) => (
          <Row
            key={connection.id}
            connection={connection}
            connector={props.connectors.find(({ name }) => name === connection.connector)}
            mayManage={props.mayManage}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function detailOf(connection: Connection): string {
  const detail = connection.status_detail;
  if (!detail) return "";
  if (typeof detail === "string") return detail;
  return [detail.message, detail.hint].filter(Boolean).join(" ");
}

function Row({
  connection,
  connector,
  mayManage,
}: {
  connection: Connection;
  connector?: Connector;
  mayManage: boolean;
}) {
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<{ ok: boolean; message: string } | null>(null);
  const [dialog, setDialog] = useState<"delete" | "rotate" | null>(null);
  const base = `connections/${connection.id}/`;

  async function test() {
    setBusy(true);
    try {
      setAnswer(await api.post<{ ok: boolean; message: string }>(path(`${base}test/`)));
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
    <Table.Tr data-testid={`connection-row-${connection.id}`} data-name={connection.name}>
      <Table.Td>
        <div className={classes.name}>
          <ConnectorIcon
            name={connector?.title ?? connection.connector}
            url={connector?.icon_url}
            size={34}
          />
          <div>
            <div className={classes.title}>
              {connection.name}
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
        <Confirm
          opened={dialog === "delete"}
          title={`Delete “${connection.name}”?`}
          verb="Delete the connection"
          onClose={() => setDialog(null)}
          onConfirm={async () => {
            await api.delete(path(base));
            await refresh("connections/");
            tell(`“${connection.name}” is deleted.`);
          }}
        >
          Its credential is destroyed. Flows that are deployed with it can no longer call{" "}
          {connector?.title ?? "the system"} until another connection is bound.
        </Confirm>
        {connector && (
          <RotateDialog
            connection={connection}
            connector={connector}
            opened={dialog === "rotate"}
            onClose={() => setDialog(null)}
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}

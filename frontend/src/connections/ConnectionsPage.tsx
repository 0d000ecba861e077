/** The connections of the chosen environment: what is connected, whether it works, and the gallery to connect more. */
import { Button, Checkbox, Select, Table, VisuallyHidden } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useConnections, useConnectors } from "@/api/queries";
import type { Connection, Connector } from "@/api/types";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { ENVIRONMENTS, useCan, useEnvironment } from "@/app/tenant";
import { Page, Panel } from "@/ui/page";
import { SearchField } from "@/ui/SearchField";
import { EmptyState, Loaded } from "@/ui/states";
import { stateOf } from "@/ui/status";
import { ConnectionDialog } from "./ConnectionDialog";
import { ConnectionDrawer } from "./ConnectionDrawer";
import { ConnectionRow } from "./ConnectionRow";
import { ConnectorGallery } from "./ConnectorGallery";

const STATES = ["ok", "untested", "broken", "paused"];

export default function ConnectionsPage() {
  usePageTitle({ title: "Connections" });
  const [environment] = useEnvironment();
  const can = useCan();
  const connections = useConnections();
  const connectors = useConnectors();
  const [search, change, only] = useAddress();
  const put = (name: string, value: string | null) => change({ [name]: value });
  const wanted = search.get("new");
  const text = search.get("q") ?? "";
  const state = search.get("state");
  const everywhere = search.get("everywhere") === "1";
  const chosen = connectors.data?.find(({ name }) => name === wanted) ?? null;
  const title = ENVIRONMENTS.find(({ name }) => name === environment)?.title ?? environment;
  const begin = (name: string | null) => put("new", name);
  const here = (connections.data ?? []).filter((each) => everywhere || each.environment === environment);
  const shown = here.filter(
    (each) =>
      (!state || each.status === state) &&
      `${each.name} ${each.connector}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const mayManage = can("manage_connections");
  return (
    <Page
      title="Connections"
      lead={`Links to other systems in ${everywhere ? "every environment" : title}. Credentials are sealed and never shown again.`}
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
      <Panel
        label="Connections"
        bar={
          <>
            <SearchField
              label="Search connections"
              width={240}
              value={text}
              onChange={(next) => put("q", next)}
              testId="connections-search"
            />
            <Select
              size="xs"
              w={150}
              aria-label="State"
              placeholder="Any state"
              clearable
              clearButtonProps={{ "aria-label": "Any state" }}
              data={STATES.map((value) => ({ value, label: stateOf(value).word }))}
              value={state}
              onChange={(value) => put("state", value)}
            />
            <Checkbox
              size="xs"
              label="Every environment"
              checked={everywhere}
              onChange={(event) => put("everywhere", event.currentTarget.checked ? "1" : null)}
              data-testid="connections-everywhere"
            />
          </>
        }
      >
        <Loaded query={connections}>
          {() =>
            here.length === 0 ? (
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
                A connection holds the keys of one system. A flow names the systems it uses; which connection
                each one takes is chosen when the flow is deployed. In the sandbox, simulated systems need no
                keys.
              </EmptyState>
            ) : shown.length === 0 ? (
              <EmptyState
                title="No connection matches these filters"
                action={
                  <Button variant="light" onClick={() => only({})}>
                    Clear the filters
                  </Button>
                }
              />
            ) : (
              <ConnectionsTable
                rows={shown}
                connectors={connectors.data ?? []}
                mayManage={mayManage}
                everywhere={everywhere}
                onOpen={(id) => put("open", id)}
              />
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
      <ConnectionDrawer
        id={search.get("open")}
        connectors={connectors.data ?? []}
        onClose={() => put("open", null)}
      />
    </Page>
  );
}

function ConnectionsTable(props: {
  rows: Connection[];
  connectors: Connector[];
  mayManage: boolean;
  everywhere: boolean;
  onOpen: (id: string) => void;
}) {
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Connection</Table.Th>
          <Table.Th w="32%">State</Table.Th>
          <Table.Th w={120}>Last used</Table.Th>
          <Table.Th w={130}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.rows.map((connection) => (
          <ConnectionRow
            key={connection.id}
            connection={connection}
            connector={props.connectors.find(({ name }) => name === connection.connector)}
            mayManage={props.mayManage}
            everywhere={props.everywhere}
            onOpen={() => props.onOpen(connection.id)}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

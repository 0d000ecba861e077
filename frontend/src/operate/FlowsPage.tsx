/** The flows of the tenant: what state each is in, how its last runs went, and the ways to begin a new one. */
import { Button, Skeleton, Table, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconRoute, IconSearch, IconTemplate } from "@tabler/icons-react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useConnectors, useFlows, useRecentRuns } from "@/api/queries";
import type { Connector, FlowSummary, Run } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { ENVIRONMENTS, useCan, useEnvironment, useTenant } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { Page, Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { StatusIcon, stateOf, Tag } from "@/ui/status";
import { Ago, ago } from "@/ui/time";
import classes from "./flows.module.css";
import { NewFlow } from "./NewFlow";
import { TemplateGallery } from "./TemplateGallery";

export function FlowsPage() {
  usePageTitle({ title: "Flows" });
  const can = useCan();
  const flows = useFlows();
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string | null) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const mayEdit = can("edit_flows");
  return (
    <Page
      title="Flows"
      lead="What you have drawn, and where it is at work."
      actions={
        mayEdit && (
          <>
            <Button
              variant="default"
              leftSection={<IconTemplate size={16} />}
              onClick={() => set("templates", "1")}
              data-testid="open-templates"
            >
              From a template
            </Button>
            <Button
              leftSection={<IconPlus size={16} />}
              onClick={() => set("new", "1")}
              data-testid="new-flow"
            >
              New flow
            </Button>
          </>
        )
      }
    >
      <Loaded
        query={flows}
        loading={
          <Panel>
            <ListSkeleton />
          </Panel>
        }
      >
        {(all) =>
          all.length === 0 ? (
            <FirstFlow mayEdit={mayEdit} onNew={() => set("new", "1")} />
          ) : (
            <FlowsTable flows={all} wanted={search.get("q") ?? ""} onSearch={(text) => set("q", text)} />
          )
        }
      </Loaded>
      <NewFlow opened={search.get("new") === "1"} onClose={() => set("new", null)} />
      <TemplateGallery opened={search.get("templates") === "1"} onClose={() => set("templates", null)} />
    </Page>
  );
}

function FirstFlow({ mayEdit, onNew }: { mayEdit: boolean; onNew: () => void }) {
  return (
    <>
      <Panel>
        <EmptyState
          icon={<IconRoute size={26} />}
          title="Draw your first flow"
          action={
            mayEdit && (
              <Button variant="default" leftSection={<IconPlus size={16} />} onClick={onNew}>
                Begin with an empty canvas
              </Button>
            )
          }
        >
          A flow begins with a trigger, such as a payment in a shop, and carries each event to its end: look
          up, map, decide, call another system. The quickest start is a template below.
        </EmptyState>
      </Panel>
      <TemplateGallery inline />
    </>
  );
}

function FlowsTable(props: { flows: FlowSummary[]; wanted: string; onSearch: (text: string) => void }) {
  const [environment] = useEnvironment();
  const connectors = useConnectors().data ?? [];
  const recent = useRecentRuns({ environment, limit: 200 }, 10_000);
  const text = props.wanted.toLowerCase();
  const shown = props.flows.filter((flow) => `${flow.name} ${flow.description}`.toLowerCase().includes(text));
  return (
    <Panel
      label="Flows"
      bar={
        <TextInput
          size="xs"
          w={280}
          leftSection={<IconSearch size={15} />}
          placeholder="Search flows"
          aria-label="Search flows"
          value={props.wanted}
          onChange={(event) => props.onSearch(event.currentTarget.value)}
        />
      }
    >
      <Table highlightOnHover layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Flow</Table.Th>
            <Table.Th w={120}>Draft</Table.Th>
            <Table.Th w={170}>At work in</Table.Th>
            <Table.Th w={160}>Last runs</Table.Th>
            <Table.Th w={120}>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((flow) => (
            <FlowRow
              key={flow.id}
              flow={flow}
              connector={connectors.find(({ name }) => name === flow.trigger?.connector)}
              runs={recent.data?.items.filter((run) => run.flow.id === flow.id)}
            />
          ))}
        </Table.Tbody>
      </Table>
      {shown.length === 0 && (
        <EmptyState title={`No flow is called “${props.wanted}”`}>
          Try a part of its name or description.
        </EmptyState>
      )}
    </Panel>
  );
}

function FlowRow({ flow, connector, runs }: { flow: FlowSummary; connector?: Connector; runs?: Run[] }) {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const to = `/t/${slug}/flows/${flow.id}`;
  const person = typeof flow.updated_by === "string" ? flow.updated_by : (flow.updated_by?.name ?? "");
  return (
    <Table.Tr
      className={classes.row}
      onClick={() => navigate(to)}
      data-testid={`flow-row-${flow.id}`}
      data-name={flow.name}
    >
      <Table.Td>
        <div className={classes.name}>
          <ConnectorIcon
            name={connector?.title ?? flow.trigger?.type ?? "F"}
            url={connector?.icon_url}
            size={32}
          />
          <div className={classes.words}>
            <Link to={to} className={classes.link} onClick={(event) => event.stopPropagation()}>
              {flow.name}
            </Link>
            <span className={`${classes.description} truncate`}>
              {flow.description || beginning(flow, connector)}
            </span>
          </div>
        </div>
      </Table.Td>
      <Table.Td>
        {flow.problems_count > 0 ? (
          <Tag tone="bad">
            {flow.problems_count} {flow.problems_count === 1 ? "problem" : "problems"}
          </Tag>
        ) : (
          <span className="soft">
            {flow.latest_version ? `version ${flow.latest_version}` : "not published"}
          </span>
        )}
      </Table.Td>
      <Table.Td>
        <Deployed flow={flow} />
      </Table.Td>
      <Table.Td>
        <LastRuns runs={runs} />
      </Table.Td>
      <Table.Td className="faint">
        <Ago at={flow.updated_at} />
        {person && <div className={`${classes.description} truncate`}>{person}</div>}
      </Table.Td>
    </Table.Tr>
  );
}

function beginning(flow: FlowSummary, connector?: Connector): string {
  if (!flow.trigger) return "No trigger yet";
  const events = [flow.trigger.event ?? []].flat();
  const event = events.length > 0 ? `: ${events.join(", ")}` : "";
  return `${connector?.title ?? flow.trigger.type}${event}`;
}

function Deployed({ flow }: { flow: FlowSummary }) {
  const active = flow.deployments.filter((deployment) => deployment.active);
  if (active.length === 0) return <span className="faint">nowhere yet</span>;
  return (
    <div className={classes.tags}>
      {active.map((deployment) => (
        <Tag key={deployment.id} tone={deployment.paused ? "wait" : "good"}>
          {ENVIRONMENTS.find(({ name }) => name === deployment.environment)?.title ?? deployment.environment}{" "}
          · v{deployment.version}
          {deployment.paused ? " · paused" : ""}
        </Tag>
      ))}
    </div>
  );
}

function LastRuns({ runs }: { runs?: Run[] }) {
  if (!runs) return <Skeleton height={12} width={90} />;
  if (runs.length === 0) return <span className="faint">none here yet</span>;
  return (
    <div className={classes.dots}>
      {runs.slice(0, 7).map((run) => (
        <Tooltip
          key={run.id}
          label={`${stateOf(run.status).word} · ${run.business_key || "no key"} · ${ago(run.created_at, Date.now())}`}
        >
          <span>
            <StatusIcon status={run.status} size={16} />
            <span className="visually-hidden">{stateOf(run.status).word}</span>
          </span>
        </Tooltip>
      ))}
    </div>
  );
}

function ListSkeleton() {
  return (
    <output aria-label="Loading" data-testid="loading" className={classes.skeleton}>
      {["a", "b", "c", "d"].map((name) => (
        <Skeleton key={name} height={34} radius={6} />
      ))}
    </output>
  );
}

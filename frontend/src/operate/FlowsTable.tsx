/** The list of flows with its search and filters, which stand in the address. */
import { Select, Table } from "@mantine/core";
import { useConnectors } from "@/api/queries";
import type { Connector, FlowSummary } from "@/api/types";
import { ENVIRONMENTS } from "@/app/tenant";
import { Panel } from "@/ui/page";
import { SearchField } from "@/ui/SearchField";
import { EmptyState } from "@/ui/states";
import { FlowRow } from "./FlowRow";
import classes from "./flows.module.css";
import { beginning } from "./flowWords";

interface Props {
  flows: FlowSummary[];
  search: URLSearchParams;
  onSet: (name: string, value: string | null) => void;
}

const STATES = [
  { value: "work", label: "At work" },
  { value: "nowhere", label: "Not at work" },
  { value: "problems", label: "With problems" },
  { value: "trouble", label: "Runs in trouble" },
];

export function FlowsTable({ flows, search, onSet }: Props) {
  const connectors = useConnectors().data ?? [];
  const text = search.get("q") ?? "";
  const wanted = { text, state: search.get("state"), system: search.get("system"), at: search.get("at") };
  const shown = flows.filter((flow) => fits(flow, wanted, connectors));
  const systems = [...new Set(flows.flatMap((flow) => flow.systems ?? []))].sort();
  const titleOf = (name: string) => connectors.find((connector) => connector.name === name)?.title ?? name;
  return (
    <Panel
      label="Flows"
      bar={
        <>
          <SearchField
            label="Search flows"
            value={text}
            onChange={(next) => onSet("q", next)}
            testId="flows-search"
          />
          <Filter label="Any state" name="state" value={wanted.state} onSet={onSet} data={STATES} />
          <Filter
            label="Any system"
            name="system"
            value={wanted.system}
            onSet={onSet}
            data={systems.map((name) => ({ value: name, label: titleOf(name) }))}
          />
          <Filter
            label="At work anywhere"
            name="at"
            value={wanted.at}
            onSet={onSet}
            data={ENVIRONMENTS.map(({ name, title }) => ({ value: name, label: `At work in ${title}` }))}
          />
          <output className={`${classes.count} faint`}>
            {shown.length === flows.length ? `${flows.length}` : `${shown.length} of ${flows.length}`}
          </output>
        </>
      }
    >
      <Table highlightOnHover layout="fixed" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Flow</Table.Th>
            <Table.Th w={108} className={classes.wide}>
              Systems
            </Table.Th>
            <Table.Th w={176}>At work in</Table.Th>
            <Table.Th w={148}>Last run</Table.Th>
            <Table.Th w={132} className={classes.wide}>
              Changed
            </Table.Th>
            <Table.Th w={48}>
              <span className="visually-hidden">What to do</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((flow) => (
            <FlowRow
              key={flow.id}
              flow={flow}
              connectors={connectors}
              names={flows.map(({ name }) => name)}
            />
          ))}
        </Table.Tbody>
      </Table>
      {shown.length === 0 && (
        <EmptyState title={text ? `No flow fits “${text}”` : "No flow fits these filters"}>
          Try a part of its name, its description or its system, or take a filter away.
        </EmptyState>
      )}
    </Panel>
  );
}

function Filter(props: {
  label: string;
  name: string;
  value: string | null;
  data: { value: string; label: string }[];
  onSet: Props["onSet"];
}) {
  return (
    <Select
      size="xs"
      w={156}
      aria-label={props.label}
      placeholder={props.label}
      data={props.data}
      value={props.value}
      clearable
      onChange={(value) => props.onSet(props.name, value)}
      data-testid={`flows-${props.name}`}
    />
  );
}

interface Wanted {
  text: string;
  state: string | null;
  system: string | null;
  at: string | null;
}

export function fits(flow: FlowSummary, wanted: Wanted, connectors: Connector[]): boolean {
  const active = flow.deployments.filter((deployment) => deployment.active);
  const said = `${flow.name} ${flow.description} ${beginning(flow, connectors)}`.toLowerCase();
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const states: Record<string, boolean> = {
    work: active.length > 0,
    nowhere: active.length === 0,
    problems: flow.problems_count > 0,
    trouble: (flow.failed_day ?? 0) > 0,
  };
  return (
    words.every((word) => said.includes(word)) &&
    (!wanted.state || (states[wanted.state] ?? true)) &&
    (!wanted.system || (flow.systems ?? []).includes(wanted.system)) &&
    (!wanted.at || active.some(({ environment }) => environment === wanted.at))
  );
}

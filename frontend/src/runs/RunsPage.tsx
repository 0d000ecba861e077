/** The runs: filters in the address, newest first, live; every line says in words what happened. */
import { Button, MultiSelect, SegmentedControl, Select, Table, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useLive } from "@/api/live";
import { type RunFilters, useFlows, useRuns } from "@/api/queries";
import type { Page as ApiPage, Run } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { useEnvironment, useTenant } from "@/app/tenant";
import { Page, Panel } from "@/ui/page";
import { EmptyState, ErrorState, RowsSkeleton } from "@/ui/states";
import { StatusBadge, stateOf } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import classes from "./runs.module.css";

const STATUSES = ["queued", "running", "waiting", "succeeded", "failed", "uncertain", "cancelled"];
const SPANS: Record<string, { label: string; seconds: number }> = {
  "1h": { label: "1 h", seconds: 3600 },
  "24h": { label: "24 h", seconds: 86_400 },
  "7d": { label: "7 days", seconds: 604_800 },
};

function useFilters() {
  const [search, setSearch] = useSearchParams();
  const [environment] = useEnvironment();
  const set = (name: string, value: string) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const span = search.get("span") ?? "";
  const seconds = SPANS[span]?.seconds;
  const [loadedAt] = useState(() => Date.now());
  const filters: RunFilters = {
    status: search.get("status") ?? undefined,
    flow: search.get("flow") ?? undefined,
    q: search.get("q") ?? undefined,
    environment,
    since: seconds ? new Date(loadedAt - seconds * 1000).toISOString() : undefined,
  };
  const clear = () => setSearch({ environment }, { replace: true });
  const isFiltered = Boolean(filters.status || filters.flow || filters.q || seconds);
  return { filters, span, set, clear, isFiltered };
}

export default function RunsPage() {
  usePageTitle({ title: "Runs" });
  const { slug } = useTenant();
  const { filters, span, set, clear, isFiltered } = useFilters();
  const flows = useFlows().data ?? [];
  const up = useLiveRuns(filters);
  const runs = useRuns(filters, up ? 15_000 : 4000);
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title="Runs" lead="Every event that was accepted, and how far it has been carried." wide>
      <Panel label="Runs" bar={<FilterBar filters={filters} span={span} set={set} flows={flows} up={up} />}>
        {runs.isPending && <RowsSkeleton rows={10} />}
        {runs.isError && !runs.data && <ErrorState error={runs.error} onRetry={() => runs.refetch()} />}
        {runs.data && items.length === 0 && (
          <EmptyState
            icon={<IconPlayerPlay size={24} />}
            title={isFiltered ? "No run matches these filters" : "No runs here yet"}
            action={
              isFiltered ? (
                <Button variant="default" onClick={clear}>
                  Clear the filters
                </Button>
              ) : (
                <Button component={Link} to={`/t/${slug}/sandbox`} variant="light">
                  Play a scenario in the sandbox
                </Button>
              )
            }
          >
            {isFiltered
              ? "Search finds the beginning of a business key, such as an order or charge number."
              : "A run begins when an event arrives at a deployed flow, or when you press “Run now” in its editor."}
          </EmptyState>
        )}
        {items.length > 0 && <RunsTable runs={items} />}
        {runs.hasNextPage && (
          <More loading={runs.isFetchingNextPage} load={() => void runs.fetchNextPage()} />
        )}
      </Panel>
    </Page>
  );
}

/** Runs that changed are put in their place; a new one makes the first page be read again. */
function useLiveRuns(filters: RunFilters): boolean {
  const { slug } = useTenant();
  const client = useQueryClient();
  const reread = useDebouncedCallback(
    () => void client.invalidateQueries({ queryKey: [slug, "runs/"] }),
    400,
  );
  return useLive(
    slug,
    () => ({ watch: "runs" }),
    (message) => {
      if (message.type !== "run") return;
      const key = [slug, "runs/", filters];
      const held = client.getQueryData<InfiniteData<ApiPage<Run>>>(key);
      const isShown = held?.pages.some((page) => page.items.some(({ id }) => id === message.run.id));
      if (!held || !isShown) return reread();
      const pages = held.pages.map((page) => ({
        ...page,
        items: page.items.map((run) => (run.id === message.run.id ? message.run : run)),
      }));
      client.setQueryData(key, { ...held, pages });
    },
    "runs",
  );
}

function FilterBar(props: {
  filters: RunFilters;
  span: string;
  set: (name: string, value: string) => void;
  flows: { id: string; name: string }[];
  up: boolean;
}) {
  const { filters, set } = props;
  const [text, setText] = useState(filters.q ?? "");
  useEffect(() => {
    if (!filters.q) setText("");
  }, [filters.q]);
  const search = useDebouncedCallback((value: string) => set("q", value), 250);
  return (
    <>
      <TextInput
        size="xs"
        w={260}
        leftSection={<IconSearch size={15} />}
        placeholder="Business key"
        aria-label="Search by business key"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
        data-testid="runs-search"
      />
      <MultiSelect
        size="xs"
        miw={170}
        aria-label="Status"
        placeholder={filters.status ? undefined : "Any status"}
        clearable
        data={STATUSES.map((status) => ({ value: status, label: stateOf(status).word }))}
        value={filters.status?.split(",") ?? []}
        onChange={(chosen) => set("status", chosen.join(","))}
        data-testid="runs-status"
      />
      <Select
        size="xs"
        w={200}
        aria-label="Flow"
        placeholder="Any flow"
        clearable
        searchable
        data={props.flows.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.flow ?? null}
        onChange={(flow) => set("flow", flow ?? "")}
      />
      <SegmentedControl
        size="xs"
        aria-label="Time"
        data={[
          { value: "", label: "All" },
          ...Object.entries(SPANS).map(([value, { label }]) => ({ value, label })),
        ]}
        value={props.span}
        onChange={(span) => set("span", span)}
      />
      <span className={classes.liveMark} data-up={props.up || undefined}>
        {props.up ? "live" : "refreshing"}
      </span>
    </>
  );
}

function RunsTable({ runs }: { runs: Run[] }) {
  return (
    <Table highlightOnHover className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={128}>State</Table.Th>
          <Table.Th w={206}>Business key</Table.Th>
          <Table.Th w={140}>Flow</Table.Th>
          <Table.Th>What happened</Table.Th>
          <Table.Th w={86} ta="right">
            Duration
          </Table.Th>
          <Table.Th w={82} ta="right">
            Attempts
          </Table.Th>
          <Table.Th w={104} ta="right">
            Began
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function RunRow({ run }: { run: Run }) {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const to = `/t/${slug}/runs/${run.id}`;
  return (
    <Table.Tr
      className={classes.row}
      onClick={() => navigate(to)}
      data-testid={`run-row-${run.id}`}
      data-status={run.status}
    >
      <Table.Td>
        <StatusBadge status={run.status} />
      </Table.Td>
      <Table.Td>
        <Link to={to} className={`${classes.key} mono truncate`} onClick={(event) => event.stopPropagation()}>
          {run.business_key || run.id}
        </Link>
      </Table.Td>
      <Table.Td>
        <div className="truncate">
          {run.flow.name} <span className="faint">v{run.version}</span>
        </div>
      </Table.Td>
      <Table.Td className={classes.what}>
        <div className="truncate" title={run.summary}>
          {run.summary || (
            <span className="faint">{run.status === "queued" ? "has not begun" : "on its way"}</span>
          )}
        </div>
      </Table.Td>
      <Table.Td ta="right" className="tabular">
        {duration(run.duration_ms)}
      </Table.Td>
      <Table.Td ta="right">{run.attempts || "–"}</Table.Td>
      <Table.Td ta="right" className="faint">
        <Ago at={run.created_at} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Loads the next page when it comes into view, or when pressed. */
function More({ loading, load }: { loading: boolean; load: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) latest.current();
    });
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className={classes.more}>
      <Button variant="subtle" loading={loading} onClick={load}>
        Load more
      </Button>
    </div>
  );
}

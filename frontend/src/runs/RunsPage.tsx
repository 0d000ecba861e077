/** The runs: filters in the address, newest first, live; every line says in words what happened. */
import { Button, MultiSelect, SegmentedControl, Select, Switch, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconArrowUp, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { type RunFilters, useFlows, useRuns } from "@/api/queries";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { useEnvironment, useTenant } from "@/app/tenant";
import { Page, Panel } from "@/ui/page";
import { SearchField } from "@/ui/SearchField";
import { EmptyState, ErrorState, RowsSkeleton } from "@/ui/states";
import { stateOf } from "@/ui/status";
import { ColumnChoice, useColumns } from "./columns";
import { RunsTable } from "./RunsTable";
import classes from "./runs.module.css";
import { useLiveRuns } from "./useLiveRuns";

const STATUSES = ["queued", "running", "waiting", "succeeded", "failed", "uncertain", "cancelled"];
const SPANS: Record<string, { label: string; seconds: number }> = {
  "1h": { label: "1 h", seconds: 3600 },
  "24h": { label: "24 h", seconds: 86_400 },
  "7d": { label: "7 days", seconds: 604_800 },
};

function useFilters() {
  const [search, set, only] = useAddress();
  const [environment] = useEnvironment();
  const span = search.get("span") ?? "";
  const seconds = SPANS[span]?.seconds;
  const [loadedAt] = useState(() => Date.now());
  const isOwn = span === "own";
  const filters: RunFilters = {
    status: search.get("status") ?? undefined,
    flow: search.get("flow") ?? undefined,
    q: search.get("q") ?? undefined,
    environment,
    since: seconds
      ? new Date(loadedAt - seconds * 1000).toISOString()
      : isOwn
        ? momentOf(search.get("since"))
        : undefined,
    until: isOwn ? momentOf(search.get("until")) : undefined,
    trial: search.get("trial") === "true" ? "true" : undefined,
  };
  const clear = () => only({ environment });
  const isFiltered = Boolean(
    filters.status || filters.flow || filters.q || filters.since || filters.until || filters.trial,
  );
  return { filters, search, span, set, clear, isFiltered };
}

/** A moment as a field for date and time holds it, in the person's zone. */
function momentOf(local: string | null): string | undefined {
  const at = local ? new Date(local) : null;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}

export default function RunsPage() {
  usePageTitle({ title: "Runs" });
  const { slug } = useTenant();
  const { filters, search, span, set, clear, isFiltered } = useFilters();
  const flows = useFlows().data ?? [];
  const { up, fresh, show } = useLiveRuns(filters);
  const runs = useRuns(filters, false);
  const [columns, setColumns] = useColumns();
  const items = useMemo(() => runs.data?.pages.flatMap((page) => page.items) ?? [], [runs.data]);
  return (
    <Page title="Runs" lead="Every event that was accepted, and how far it has been carried." wide>
      <Panel
        label="Runs"
        bar={
          <>
            <FilterBar {...{ filters, search, span, set, flows }} />
            <span className={classes.liveMark} data-up={up || undefined}>
              {up ? "live" : "refreshing"}
            </span>
            <ColumnChoice columns={columns} onChange={setColumns} />
          </>
        }
      >
        {runs.isPending && <RowsSkeleton rows={10} />}
        {runs.isError && !runs.data && <ErrorState error={runs.error} onRetry={() => runs.refetch()} />}
        {runs.data && items.length === 0 && <NoRuns isFiltered={isFiltered} clear={clear} slug={slug} />}
        {fresh > 0 && (
          <div className={classes.fresh}>
            <Button
              size="compact-sm"
              onClick={show}
              leftSection={<IconArrowUp size={14} />}
              data-testid="show-new-runs"
            >
              {fresh === 1 ? "1 new run" : `${fresh} new runs`}
            </Button>
          </div>
        )}
        {items.length > 0 && <RunsTable runs={items} columns={columns} />}
        {runs.hasNextPage && (
          <More loading={runs.isFetchingNextPage} load={() => void runs.fetchNextPage()} />
        )}
      </Panel>
    </Page>
  );
}

function NoRuns({ isFiltered, clear, slug }: { isFiltered: boolean; clear: () => void; slug: string }) {
  return (
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
        : "A run begins when an event arrives at a deployed flow, or when you press “Run now” in its editor. Each stands here as one line that says what happened; opening it shows every step, every request, and where each value came from."}
    </EmptyState>
  );
}

function FilterBar(props: {
  filters: RunFilters;
  search: URLSearchParams;
  span: string;
  set: (changes: Record<string, string>) => void;
  flows: { id: string; name: string }[];
}) {
  const { filters, set } = props;
  const [text, setText] = useState(filters.q ?? "");
  useEffect(() => {
    if (!filters.q) setText("");
  }, [filters.q]);
  const search = useDebouncedCallback((value: string) => set({ q: value }), 250);
  return (
    <>
      <SearchField
        label="Search by business key"
        placeholder="Business key"
        width={220}
        value={text}
        onChange={(next) => {
          setText(next);
          search(next.trim());
        }}
        testId="runs-search"
      />
      <MultiSelect
        size="xs"
        miw={150}
        aria-label="Status"
        placeholder={filters.status ? undefined : "Any status"}
        clearable
        data={STATUSES.map((status) => ({ value: status, label: stateOf(status).word }))}
        value={filters.status?.split(",") ?? []}
        onChange={(chosen) => set({ status: chosen.join(",") })}
        data-testid="runs-status"
      />
      <Select
        size="xs"
        w={180}
        aria-label="Flow"
        placeholder="Any flow"
        clearable
        searchable
        data={props.flows.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.flow ?? null}
        onChange={(flow) => set({ flow: flow ?? "" })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Time"
        data={[
          { value: "", label: "All" },
          ...Object.entries(SPANS).map(([value, { label }]) => ({ value, label })),
          { value: "own", label: "From – to" },
        ]}
        value={props.span}
        onChange={(span) => set(span === "own" ? { span } : { span, since: "", until: "" })}
      />
      {props.span === "own" &&
        (["since", "until"] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            type="datetime-local"
            aria-label={name === "since" ? "Began at or after" : "Began before"}
            value={props.search.get(name) ?? ""}
            onChange={(event) => set({ [name]: event.currentTarget.value })}
          />
        ))}
      <Switch
        size="xs"
        label="Tests of drafts"
        checked={filters.trial === "true"}
        onChange={(event) => set({ trial: event.currentTarget.checked ? "true" : "" })}
        data-testid="runs-trial"
      />
    </>
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

import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useRecentRuns } from "@/api/queries";
import type { Run, RunDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { Page, Panel } from "@/ui/page";
import { SearchField } from "@/ui/SearchField";
import { EmptyState, RowsSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import classes from "./compare.module.css";

export function CompareChoice({ run }: { run: RunDetail }) {
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 250);
  const flow = run.flow.id;
  const same = useRecentRuns({ flow, q: run.business_key || run.id, limit: 50 });
  const others = useRecentRuns({ flow, q: wanted || undefined, limit: 50 });
  const known = [...(same.data?.items ?? []), ...(others.data?.items ?? [])];
  const found = known.filter(({ id }, at) => id !== run.id && known.findIndex((one) => one.id === id) === at);
  const isReplay = (one: Run) => one.replay_of === run.id || run.replay_of === one.id;
  const isSame = (one: Run) => run.business_key !== "" && one.business_key === run.business_key;
  const groups = [
    { title: "Replays of the same event", items: found.filter(isReplay) },
    { title: "Runs of the same business key", items: found.filter((one) => !isReplay(one) && isSame(one)) },
    { title: "Other runs of this flow", items: found.filter((one) => !isReplay(one) && !isSame(one)) },
  ].map((group) => ({
    ...group,
    items: wanted ? group.items.filter((one) => fits(one, wanted)) : group.items,
  }));
  return (
    <Page
      title="Compare with which run?"
      lead={`Beside ${run.business_key || run.id}, version ${run.version}.`}
    >
      <Panel
        label="Runs of this flow"
        bar={
          <SearchField
            label="Search by business key"
            placeholder="Business key"
            width={280}
            value={text}
            onChange={setText}
          />
        }
      >
        {(same.isPending || others.isPending) && <RowsSkeleton rows={5} />}
        {groups.map(({ title, items }) =>
          items.length === 0 ? null : (
            <section key={title} className={classes.group}>
              <h2 className={classes.groupTitle}>{title}</h2>
              {items.map((one) => (
                <Choice key={one.id} run={run} other={one} />
              ))}
            </section>
          ),
        )}
        {!others.isPending && groups.every(({ items }) => items.length === 0) && (
          <EmptyState icon={<IconSearch size={24} />} title="No other run of this flow is like this">
            Replay this run: the replay stands here first.
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}

const fits = (run: Run, text: string) => run.business_key.startsWith(text) || run.id === text;

function Choice({ run, other }: { run: RunDetail; other: Run }) {
  const { slug } = useTenant();
  const [first, second] = other.created_at < run.created_at ? [other, run] : [run, other];
  return (
    <Link
      className={classes.choice}
      to={`/t/${slug}/runs/${first.id}/compare/${second.id}`}
      data-testid={`compare-with-${other.id}`}
    >
      <StatusBadge status={other.status} />
      <span className="mono truncate">{other.business_key || other.id}</span>
      <span className={`${classes.what} truncate`}>{other.summary}</span>
      <span className="faint">version {other.version}</span>
      <span className="faint tabular">{duration(other.duration_ms)}</span>
      <Ago at={other.created_at} />
    </Link>
  );
}

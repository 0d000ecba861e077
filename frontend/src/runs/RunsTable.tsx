/** The rows of the runs: only those in sight are drawn, arrows move between them, small bars show how long each took. */
import { Table } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Run } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { IdChip } from "@/ui/copy";
import { StatusBadge, Tag } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import { COLUMNS, type Column } from "./columns";
import classes from "./runs.module.css";

const ROW = 43;
const AROUND = 30;
const DRAWN_WHOLE = 120;
const WIDTHS: Partial<Record<Column, number>> = {
  flow: 148,
  duration: 96,
  attempts: 80,
  began: 100,
  id: 124,
};
const RIGHT: Column[] = ["duration", "attempts", "began"];

export function RunsTable({ runs, columns }: { runs: Run[]; columns: Column[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [first, last] = useInSight(body, runs.length);
  const most = Math.max(1, ...runs.map(({ duration_ms }) => duration_ms ?? 0));
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0 || !(event.target instanceof HTMLElement)) return;
    const links = [...(body.current?.querySelectorAll<HTMLElement>("a[data-row]") ?? [])];
    const next = links[links.indexOf(event.target) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <Table highlightOnHover className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={128}>State</Table.Th>
          <Table.Th w={columns.includes("what") ? 196 : undefined}>Business key</Table.Th>
          {columns.map((column) => (
            <Table.Th key={column} w={WIDTHS[column]} ta={RIGHT.includes(column) ? "right" : undefined}>
              {COLUMNS[column]}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody ref={body} onKeyDown={move}>
        {first > 0 && <Space rows={first} columns={columns.length + 2} />}
        {runs.slice(first, last).map((run) => (
          <RunRow key={run.id} run={run} columns={columns} most={most} />
        ))}
        {last < runs.length && <Space rows={runs.length - last} columns={columns.length + 2} />}
      </Table.Tbody>
    </Table>
  );
}

function Space({ rows, columns }: { rows: number; columns: number }) {
  return (
    <Table.Tr aria-hidden>
      <Table.Td colSpan={columns} style={{ height: rows * ROW, padding: 0 }} />
    </Table.Tr>
  );
}

/** Which rows are near the window; all of them while they are few. */
function useInSight(body: React.RefObject<HTMLElement | null>, count: number): [number, number] {
  const [range, setRange] = useState<[number, number]>([0, DRAWN_WHOLE]);
  useEffect(() => {
    if (count <= DRAWN_WHOLE) return setRange([0, DRAWN_WHOLE]);
    const scroller = window.document.getElementById("main");
    const look = () => {
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / ROW) - AROUND);
      const step = Math.floor(first / 10) * 10;
      const last = step + Math.ceil(window.innerHeight / ROW) + AROUND * 2 + 10;
      setRange((before) => (before[0] === step && before[1] === last ? before : [step, last]));
    };
    look();
    scroller?.addEventListener("scroll", look, { passive: true });
    return () => scroller?.removeEventListener("scroll", look);
  }, [body, count]);
  return [Math.min(range[0], Math.max(0, count - 1)), Math.min(range[1], count)];
}

function RunRow({ run, columns, most }: { run: Run; columns: Column[]; most: number }) {
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
        <Link
          to={to}
          data-row
          className={`${classes.key} mono truncate`}
          onClick={(event) => event.stopPropagation()}
        >
          {run.business_key || run.id}
        </Link>
      </Table.Td>
      {columns.map((column) => (
        <Table.Td key={column} ta={RIGHT.includes(column) ? "right" : undefined}>
          {CELLS[column](run, most)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

const CELLS: Record<Column, (run: Run, most: number) => ReactNode> = {
  flow: (run) => (
    <div className="truncate" title={run.flow.name}>
      {run.flow.name}{" "}
      {run.trial ? <Tag tone="doubt">test</Tag> : <span className="faint">v{run.version}</span>}
    </div>
  ),
  what: (run) => (
    <div className={`${classes.what} truncate`} title={run.summary}>
      {run.summary || (
        <span className="faint">{run.status === "queued" ? "has not begun" : "on its way"}</span>
      )}
    </div>
  ),
  duration: (run, most) => (
    <div className={classes.took}>
      <span className="tabular">{duration(run.duration_ms)}</span>
      <span className={classes.length} aria-hidden>
        <span style={{ width: `${shareOf(run.duration_ms, most)}%` }} data-status={run.status} />
      </span>
    </div>
  ),
  attempts: (run) => <span className="tabular">{run.attempts || "–"}</span>,
  began: (run) => (
    <span className="faint">
      <Ago at={run.created_at} />
    </span>
  ),
  id: (run) => <IdChip id={run.id} />,
};

/** Durations differ by orders of magnitude; the bar grows with their logarithm. */
function shareOf(ms: number | null, most: number): number {
  if (!ms) return 0;
  return Math.max(3, Math.round((Math.log10(1 + ms) / Math.log10(1 + most)) * 100));
}

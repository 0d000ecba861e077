/** The simulated systems as small books; a row that is new glows once. */
import { UnstyledButton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useConnectors, useLedger } from "@/api/queries";
import type { SandboxSystem } from "@/api/types-admin";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { ErrorState, RowsSkeleton } from "@/ui/states";
import { cellText, columnsOf, identity, type Row } from "./records";
import classes from "./sandbox.module.css";

const SHOWN = 5;
const CATEGORIES = ["shop", "payments", "erp", "general"];
/** What people look at first, in the words of the systems themselves. */
const FIRST =
  /^(charges|SalesOrders|CashRecs|ARInvoices|payment_intents|customers|Customers|refunds|orders)$/;

export function Books({ systems, live }: { systems: SandboxSystem[]; live: number }) {
  const connectors = useConnectors().data ?? [];
  const { ref, width } = useElementSize();
  const rank = (system: string) =>
    CATEGORIES.indexOf(connectors.find(({ name }) => name === system)?.category ?? "general");
  const ordered = [...systems].sort((a, b) => rank(a.system) - rank(b.system));
  return (
    <div className={classes.stack} ref={ref}>
      {ordered.map((system) => (
        <Book
          key={system.system}
          system={system}
          live={live}
          columns={width > 620 ? 5 : width > 460 ? 4 : 3}
        />
      ))}
    </div>
  );
}

function Book({ system, live, columns }: { system: SandboxSystem; live: number; columns: number }) {
  const connectors = useConnectors().data ?? [];
  const ledger = useLedger(system.system, live);
  const connector = connectors.find(({ name }) => name === system.system);
  const title = system.title ?? connector?.title ?? system.system;
  const collections = Object.entries(ledger.data?.collections ?? {});
  const filled = collections.filter(([, rows]) => rows.length > 0);
  const empty = collections.filter(([, rows]) => rows.length === 0).map(([name]) => name);
  const changed = useChanged(filled);
  const [opened, setOpened] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const order = [...filled].sort(([a], [b]) => (changed.get(b) ?? 0) - (changed.get(a) ?? 0));
  const shown = order.filter(([name], at) => at < 3 || name === opened);
  return (
    <section className={classes.book} aria-label={title} data-testid={`book-${system.system}`}>
      <header className={classes.bookHead}>
        <ConnectorIcon name={title} url={connector?.icon_url} size={26} />
        <h2>{title}</h2>
        <span className={classes.chips} data-all={all || undefined}>
          {order.map(([name, rows], at) => (
            <UnstyledButton
              key={name}
              className={classes.chip}
              data-on={at < 3 || opened === name || undefined}
              onClick={() => setOpened(opened === name ? null : name)}
            >
              {name} <b>{rows.length}</b>
            </UnstyledButton>
          ))}
        </span>
        {order.length > 4 && (
          <UnstyledButton aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "less" : `all ${order.length}`}
          </UnstyledButton>
        )}
      </header>
      {ledger.isPending && <RowsSkeleton rows={3} height={32} />}
      {ledger.isError && !ledger.data && <ErrorState error={ledger.error} onRetry={() => ledger.refetch()} />}
      {shown.map(([name, rows]) => (
        <Collection key={name} name={name} rows={rows} most={columns} />
      ))}
      {ledger.data && filled.length === 0 && (
        <p className={classes.quiet}>
          Holds nothing yet{empty.length > 0 ? `: ${empty.slice(0, 6).join(", ")}` : ""}.
        </p>
      )}
    </section>
  );
}

/** How recently each collection grew, the telling ones before the others of the same moment. */
function useChanged(filled: [string, Row[]][]): Map<string, number> {
  const counts = useRef(new Map<string, number>());
  const times = useRef(new Map<string, number>());
  for (const [name, rows] of filled) {
    const before = counts.current.get(name);
    const isTelling = Number(FIRST.test(name));
    if (before !== rows.length)
      times.current.set(name, (before === undefined ? 0 : Date.now()) + isTelling * 60_000);
    counts.current.set(name, rows.length);
  }
  return times.current;
}

function isNumeric(rows: Row[], column: string): boolean {
  return rows.some((row) => cellText(row, column).isNumber);
}

function Collection({ name, rows, most }: { name: string; rows: Row[]; most: number }) {
  const columns = columnsOf(rows, most);
  const known = useRef<Set<string> | null>(null);
  const newest = [...rows].slice(-SHOWN).reverse();
  const fresh = known.current;
  useEffect(() => {
    known.current = new Set(rows.map(identity));
  }, [rows]);
  return (
    <div className={classes.collection}>
      <table className={classes.records} aria-label={name}>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={column} data-number={isNumeric(newest, column) || undefined}>
                {at === 0 ? <b>{name}</b> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newest.map((row) => {
            const id = identity(row);
            return (
              <tr key={id} className={fresh && !fresh.has(id) ? classes.glow : undefined}>
                {columns.map((column) => {
                  const { text, isNumber } = cellText(row, column);
                  return (
                    <td key={column} data-number={isNumber || undefined} title={text}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > SHOWN && <p className={classes.quiet}>and {rows.length - SHOWN} before</p>}
    </div>
  );
}

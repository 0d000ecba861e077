/** One lookup table: its words, its rows as a grid, who reads it, its history, and CSV in and out. */
import { Alert, Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useBlocker, useParams } from "react-router";
import { ApiProblem, api } from "@/api/client";
import { useRefresh, useSheetRows, useTable, useTenantPath } from "@/api/queries";
import type { LookupTable } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { tell, tellError } from "@/ui/notify";
import { Page, Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { Grid } from "./Grid";
import { SheetBar } from "./SheetBar";
import { type Row, rebase, type Sort, viewOf } from "./sheet";
import { TableActions } from "./TableActions";
import { TryKey } from "./TryKey";
import classes from "./table.module.css";
import { UsedBy } from "./UsedBy";
import { useSheet } from "./useSheet";

interface Rows {
  revision: number;
  rows: [string, string][];
}

export default function TablePage() {
  const { table: name = "" } = useParams();
  const { slug } = useTenant();
  const table = useTable(name);
  const rows = useSheetRows(name);
  usePageTitle({ title: "Tables", to: `/t/${slug}/tables` }, { title: table.data?.title ?? name });
  return (
    <Loaded query={table}>
      {(loaded) => (
        <Loaded query={rows}>{(kept) => <Editor key={loaded.id} table={loaded} kept={kept} />}</Loaded>
      )}
    </Loaded>
  );
}

function useSaving(table: LookupTable, sheet: ReturnType<typeof useSheet>) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [moved, setMoved] = useState(false);
  const [both, setBoth] = useState<string[]>([]);
  const imported = useRef(false);
  const base = `lookup-tables/${table.name}/`;
  const { state, act, changes, troubles, count } = sheet;

  async function save() {
    if (busy || count === 0 || troubles.size > 0) return;
    setBusy(true);
    try {
      const body = { ...changes, revision: state.revision, how: imported.current ? "imported" : "edited" };
      const saved = await api.patch<LookupTable>(path(`${base}rows/`), body);
      imported.current = false;
      act({ type: "saved", revision: saved.revision });
      setBoth([]);
      await refresh("lookup-tables/");
      tell("Saved. Flows use the new values from now on.");
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "table_moved") setMoved(true);
      else tellError(error, "The rows were not saved");
    } finally {
      setBusy(false);
    }
  }
  async function takeTheirs() {
    try {
      const theirs = await api.get<Rows>(path(`${base}sheet/`));
      setBoth(rebase(state.kept, new Map(theirs.rows), changes).both);
      act({ type: "theirs", revision: theirs.revision, pairs: theirs.rows });
      setMoved(false);
    } catch (error) {
      tellError(error);
    }
  }
  return { busy, moved, both, save, takeTheirs, imported };
}

function Editor({ table, kept }: { table: LookupTable; kept: Rows }) {
  const mayEdit = useCan()("manage_tables");
  const sheet = useSheet(kept.revision, kept.rows);
  const { state, act, troubles, count } = sheet;
  const saving = useSaving(table, sheet);
  const [search, setSearch] = useState("");
  const [sort, setSort] = useState<Sort>(null);
  const [said, setSaid] = useState("");
  const view = useView(state.rows, search, sort);
  const isClean = count === 0;
  const leaving = useBlocker(
    ({ currentLocation, nextLocation }) => !isClean && currentLocation.pathname !== nextLocation.pathname,
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: fresh rows replace the grid only when nothing is unsaved
  useEffect(() => {
    if (isClean && kept.revision > state.revision)
      act({ type: "load", revision: kept.revision, pairs: kept.rows });
  }, [kept]);
  useEffect(() => {
    if (isClean) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isClean]);

  const put = (rows: Row[], imported = false) => {
    saving.imported.current = imported;
    act({ type: "edit", rows });
  };
  return (
    <Page
      title={table.title}
      lead={
        <>
          {table.description} Flows call it <code className="mono">{table.name}</code>.
        </>
      }
      actions={<TableActions table={table} rows={state.rows} mayEdit={mayEdit} onRows={put} />}
    >
      <div className={classes.columns}>
        <Panel
          label="Rows"
          bar={
            <SheetBar
              sheet={sheet}
              shown={view.length}
              search={search}
              onSearch={setSearch}
              mayEdit={mayEdit}
              busy={saving.busy}
              onSave={saving.save}
            />
          }
        >
          {saving.moved && (
            <Alert
              color="orange"
              icon={<IconAlertTriangle size={18} />}
              title="Somebody else has changed this table meanwhile"
              className={classes.notice}
              data-testid="table-moved"
            >
              <p>
                Nothing of yours is lost. Take their rows in; your changes stay on top, and you save both.
              </p>
              <Button onClick={saving.takeTheirs} data-testid="take-theirs">
                Take their rows in
              </Button>
            </Alert>
          )}
          {saving.both.length > 0 && (
            <p className={classes.warning} role="status">
              Changed by both of you: {saving.both.slice(0, 8).join(", ")}
              {saving.both.length > 8 && ` and ${saving.both.length - 8} more`}. Yours are shown; saving keeps
              them.
            </p>
          )}
          <Grid
            state={state}
            act={act}
            view={view}
            mayEdit={mayEdit}
            titles={{ key: table.key_title, value: table.value_title }}
            troubles={troubles}
            sort={sort}
            onSort={setSort}
            onSave={saving.save}
            onSay={setSaid}
          />
          {view.length === 0 && (
            <div className={classes.over}>
              {search ? (
                <EmptyState title="No row holds that" />
              ) : (
                <EmptyState title="No rows yet">
                  {mayEdit
                    ? "Type in the first line, import a CSV file, or copy two columns in your spreadsheet and paste them there."
                    : "Somebody who keeps tables can add rows."}
                </EmptyState>
              )}
            </div>
          )}
          <p id="grid-keys" className={classes.keys}>
            Type to change a cell, Enter to edit, Tab to the next; Ctrl C, X, V with your spreadsheet, Ctrl D
            fills down, Ctrl Z undoes, Delete on whole rows removes them. Escape and Tab leave the grid.
          </p>
          <output className="visually-hidden" aria-live="polite">
            {said}
          </output>
        </Panel>
        <aside className={classes.side}>
          <TryKey table={table} rows={state.rows} />
          <UsedBy users={table.used_by ?? []} />
        </aside>
      </div>
      <Confirm
        opened={leaving.state === "blocked"}
        title="Leave without saving?"
        verb="Leave and drop them"
        onClose={() => leaving.reset?.()}
        onConfirm={async () => leaving.proceed?.()}
      >
        {count} {count === 1 ? "row is" : "rows are"} not saved yet.
      </Confirm>
    </Page>
  );
}

/** Search and order decide which rows are seen; an edit does not move a row away under the person's hands. */
function useView(rows: Row[], search: string, sort: Sort): Row[] {
  const kept = useRef<{ key: string; ids: number[] }>({ key: "", ids: [] });
  const key = JSON.stringify([search, sort, rows.length]);
  if (kept.current.key !== key) kept.current = { key, ids: viewOf(rows, search, sort).map(({ id }) => id) };
  const byId = new Map(rows.map((row) => [row.id, row]));
  const shown = kept.current.ids.flatMap((id) => byId.get(id) ?? []);
  if (shown.length === kept.current.ids.length) return shown;
  kept.current = { key, ids: viewOf(rows, search, sort).map(({ id }) => id) };
  return kept.current.ids.flatMap((id) => byId.get(id) ?? []);
}

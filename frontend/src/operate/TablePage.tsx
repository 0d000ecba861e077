/** One lookup table as a grid: type, paste two columns from a spreadsheet, import and export CSV. */
import { ActionIcon, Button, FileButton, Menu, TextInput } from "@mantine/core";
import {
  IconClipboard,
  IconDots,
  IconDownload,
  IconPlus,
  IconSearch,
  IconTrash,
  IconUpload,
} from "@tabler/icons-react";
import { type ClipboardEvent, useEffect, useMemo, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTable, useTableRows, useTenantPath } from "@/api/queries";
import type { LookupRow, LookupTable } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { tell, tellError } from "@/ui/notify";
import { Page, Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { changesBetween, parsePasted } from "./rows";
import classes from "./table.module.css";

const SHOWN = 500;

export default function TablePage() {
  const { table: name = "" } = useParams();
  const { slug } = useTenant();
  const table = useTable(name);
  const rows = useTableRows(name);
  usePageTitle({ title: "Tables", to: `/t/${slug}/tables` }, { title: table.data?.title ?? name });
  return (
    <Loaded query={table}>
      {(loaded) => (
        <Loaded query={rows}>{(kept) => <Grid key={loaded.id} table={loaded} kept={kept} />}</Loaded>
      )}
    </Loaded>
  );
}

interface Draft extends LookupRow {
  id: number;
}
let counter = 0;
const draft = (row: LookupRow): Draft => {
  counter += 1;
  return { ...row, id: counter };
};

function Grid({ table, kept }: { table: LookupTable; kept: LookupRow[] }) {
  const mayEdit = useCan()("manage_tables");
  const path = useTenantPath();
  const refresh = useRefresh();
  const [rows, setRows] = useState<Draft[]>(() => kept.map(draft));
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const changes = useMemo(() => changesBetween(kept, rows), [kept, rows]);
  const count = Object.keys(changes.set).length + changes.remove.length;
  const keys = rows.map(({ key }) => key);
  const doubled = new Set(keys.filter((key, at) => key !== "" && keys.indexOf(key) !== at));
  const shown = rows.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(text.toLowerCase()));
  const isClean = count === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: fresh rows replace the grid only when nothing is unsaved
  useEffect(() => {
    if (isClean) setRows(kept.map(draft));
  }, [kept]);

  const put = (id: number, part: Partial<LookupRow>) =>
    setRows((before) => before.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const addAll = (added: LookupRow[]) =>
    setRows((before) => {
      const next = new Map(before.filter(({ key }) => key !== "").map((row) => [row.key, row]));
      for (const row of added) next.set(row.key, { ...(next.get(row.key) ?? draft(row)), value: row.value });
      return [...next.values()];
    });
  const onPaste = (event: ClipboardEvent) => {
    const pasted = parsePasted(event.clipboardData.getData("text/plain"));
    if (!mayEdit || pasted.length === 0) return;
    event.preventDefault();
    addAll(pasted);
    tell(`${pasted.length} ${pasted.length === 1 ? "row" : "rows"} pasted. Save to keep them.`);
  };
  async function save() {
    setBusy(true);
    try {
      await api.patch(path(`lookup-tables/${table.name}/rows/`), changes);
      await refresh("lookup-tables/");
      tell("Saved. Flows use the new values from now on.");
    } catch (error) {
      tellError(error, "The rows were not saved");
    } finally {
      setBusy(false);
    }
  }

  return (
    <Page
      title={table.title}
      lead={
        <>
          {table.description} Flows call it <code className="mono">{table.name}</code>.
        </>
      }
      actions={<TableActions table={table} mayEdit={mayEdit} onRows={addAll} />}
    >
      <Panel
        label="Rows"
        bar={
          <>
            <TextInput
              size="xs"
              w={260}
              leftSection={<IconSearch size={15} />}
              placeholder="Search rows"
              aria-label="Search rows"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <span className="faint">{rows.length} rows</span>
            <span style={{ flex: 1 }} />
            {!isClean && (
              <>
                <span className={classes.unsaved}>{count} not saved</span>
                <Button variant="default" onClick={() => setRows(kept.map(draft))}>
                  Drop
                </Button>
                <Button loading={busy} disabled={doubled.size > 0} onClick={save} data-testid="save-rows">
                  Save
                </Button>
              </>
            )}
            {mayEdit && (
              <Button
                variant="default"
                leftSection={<IconPlus size={14} />}
                onClick={() => setRows((before) => [draft({ key: "", value: "" }), ...before])}
                data-testid="add-row"
              >
                Add a row
              </Button>
            )}
          </>
        }
      >
        <div className={classes.grid} onPaste={onPaste}>
          <div className={classes.headRow}>
            <span>{table.key_title}</span>
            <span>{table.value_title}</span>
          </div>
          {shown.slice(0, SHOWN).map((row) => (
            <div key={row.id} className={classes.gridRow} data-doubled={doubled.has(row.key) || undefined}>
              <input
                className={classes.cell}
                aria-label={`${table.key_title}: ${row.key || "new"}`}
                value={row.key}
                readOnly={!mayEdit}
                onChange={(event) => put(row.id, { key: event.currentTarget.value })}
              />
              <input
                className={classes.cell}
                aria-label={`${table.value_title} of ${row.key || "new"}`}
                value={row.value}
                readOnly={!mayEdit}
                onChange={(event) => put(row.id, { value: event.currentTarget.value })}
              />
              {mayEdit && (
                <ActionIcon
                  aria-label={`Remove ${row.key || "row"}`}
                  onClick={() => setRows((before) => before.filter(({ id }) => id !== row.id))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              )}
            </div>
          ))}
        </div>
        {doubled.size > 0 && (
          <p className={classes.warning} role="alert">
            {[...doubled].join(", ")}: each key may stand only once.
          </p>
        )}
        {rows.length === 0 && (
          <EmptyState icon={<IconClipboard size={24} />} title="No rows yet">
            Add a row, import a CSV file, or copy two columns in your spreadsheet and paste them here.
          </EmptyState>
        )}
        {rows.length > 0 && shown.length === 0 && <EmptyState title="No row holds that" />}
        {shown.length > SHOWN && (
          <p className={classes.warning}>
            The first {SHOWN} of {shown.length} rows are shown. Search to see others.
          </p>
        )}
      </Panel>
    </Page>
  );
}

function TableActions(props: { table: LookupTable; mayEdit: boolean; onRows: (rows: LookupRow[]) => void }) {
  const { table, mayEdit } = props;
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  async function read(file: File | null) {
    if (!file) return;
    const rows = parsePasted(await file.text());
    const isHead = rows[0]?.key === table.key_title || rows[0]?.key.toLowerCase() === "key";
    props.onRows(isHead ? rows.slice(1) : rows);
    tell(`${rows.length - (isHead ? 1 : 0)} rows read from ${file.name}. Save to keep them.`);
  }
  async function download() {
    try {
      const text = await api.get<string>(path(`lookup-tables/${table.name}/csv/`), { as: "text" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      link.download = `${table.name}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <>
      {mayEdit && (
        <FileButton accept=".csv,text/csv" onChange={(file) => void read(file)}>
          {(button) => (
            <Button variant="default" leftSection={<IconUpload size={15} />} {...button}>
              Import CSV
            </Button>
          )}
        </FileButton>
      )}
      <Button variant="default" leftSection={<IconDownload size={15} />} onClick={download}>
        Export CSV
      </Button>
      {mayEdit && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size={30} aria-label="More about this table">
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>
              Delete the table
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Confirm
        opened={deleting}
        title={`Delete “${table.title}”?`}
        verb="Delete the table"
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await api.delete(path(`lookup-tables/${table.name}/`));
          await refresh("lookup-tables/");
          navigate(`/t/${slug}/tables`);
        }}
      >
        Its {table.rows_count} rows go with it. Flows that look up in it will fail and say that the table is
        missing. Export it first if in doubt.
      </Confirm>
    </>
  );
}

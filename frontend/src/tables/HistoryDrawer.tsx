/** The history of a table: who changed which rows when, and the way back to before a change. */
import { Button, Drawer } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useRefresh, useTableChange, useTableHistory, useTenantPath } from "@/api/queries";
import type { LookupTable, TableChange } from "@/api/types";
import { Confirm } from "@/ui/Confirm";
import { tell } from "@/ui/notify";
import { EmptyState, Loaded } from "@/ui/states";
import { Ago, exactTime } from "@/ui/time";
import classes from "./table.module.css";

const HOW: Record<string, string> = {
  edited: "edited rows",
  imported: "imported a file",
  replaced: "replaced all rows",
  restored: "went back to earlier rows",
  installed: "filled the table",
};

/** “3 added, 1 changed”. */
export function countsOf(change: Pick<TableChange, "added" | "changed" | "removed">): string {
  const parts = [
    [change.added, "added"],
    [change.changed, "changed"],
    [change.removed, "removed"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString()} ${word}`)
    .join(", ");
}

interface Props {
  table: LookupTable;
  mayEdit: boolean;
  opened: boolean;
  onClose: () => void;
}

export function HistoryDrawer(props: Props) {
  return (
    <Drawer
      opened={props.opened}
      onClose={props.onClose}
      position="right"
      size={520}
      title={`History of ${props.table.title}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {props.opened && <Changes {...props} />}
    </Drawer>
  );
}

function Changes({ table, mayEdit, onClose }: Props) {
  const history = useTableHistory(table.name);
  const path = useTenantPath();
  const refresh = useRefresh();
  const [open, setOpen] = useState<string | null>(null);
  const [restoring, setRestoring] = useState<TableChange | null>(null);
  return (
    <>
      <Loaded query={history}>
        {(changes) =>
          changes.length === 0 ? (
            <EmptyState icon={<IconHistory size={24} />} title="No changes yet">
              From the first saved change on, each one is kept here with its rows before and after.
            </EmptyState>
          ) : (
            <ol className={classes.changes} data-testid="table-changes">
              {changes.map((change) => (
                <li key={change.id} className={classes.change}>
                  <button
                    type="button"
                    className={classes.changeHead}
                    aria-expanded={open === change.id}
                    onClick={() => setOpen(open === change.id ? null : change.id)}
                  >
                    <span>
                      <strong>{change.by || "Somebody"}</strong> {HOW[change.how] ?? change.how}
                    </span>
                    <span className={classes.changeCounts}>{countsOf(change)}</span>
                    <span className="faint">
                      <Ago at={change.at} />
                    </span>
                  </button>
                  {open === change.id && (
                    <div className={classes.changeBody}>
                      <ChangedRows table={table.name} change={change} />
                      {mayEdit && (
                        <Button
                          variant="default"
                          leftSection={<IconHistory size={14} />}
                          onClick={() => setRestoring(change)}
                          data-testid="restore"
                        >
                          Go back to before this change
                        </Button>
                      )}
                    </div>
                  )}
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      <Confirm
        opened={restoring !== null}
        title="Go back to before this change?"
        verb="Go back"
        color="indigo"
        onClose={() => setRestoring(null)}
        onConfirm={async () => {
          await api.post(path(`lookup-tables/${table.name}/history/${restoring?.id}/restore/`));
          await refresh("lookup-tables/");
          tell("The earlier rows are back. This is a change in the history, too, and can be taken back.");
          onClose();
        }}
      >
        The rows become what they were before {restoring && exactTime(restoring.at)}. This change and every
        later one is undone at once; flows use the earlier values from then on.
      </Confirm>
    </>
  );
}

function ChangedRows({ table, change }: { table: string; change: TableChange }) {
  const detail = useTableChange(table, change.id);
  const total = change.added + change.changed + change.removed;
  return (
    <Loaded query={detail}>
      {({ rows = [] }) => (
        <table className={classes.diff}>
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, 200).map((row) => (
              <tr key={row.key}>
                <td>{row.key}</td>
                <td className={row.before === null ? undefined : classes.gone}>{row.before ?? "–"}</td>
                <td className={row.after === null ? undefined : classes.come}>{row.after ?? "–"}</td>
              </tr>
            ))}
          </tbody>
          {total > 200 && <caption>The first 200 of {total.toLocaleString()} rows</caption>}
        </table>
      )}
    </Loaded>
  );
}

/** What can be done with a table as a whole: import, export, history, its words, deleting it. */
import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconDownload, IconHistory, IconPencil, IconTrash, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { LookupTable } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { tellError } from "@/ui/notify";
import { EditTable } from "./EditTable";
import { HistoryDrawer } from "./HistoryDrawer";
import { ImportDialog } from "./ImportDialog";
import type { Row } from "./sheet";
import classes from "./table.module.css";
import { byFlow, whereOf } from "./UsedBy";

type Open = "import" | "history" | "words" | "delete" | null;

export function TableActions(props: {
  table: LookupTable;
  rows: Row[];
  mayEdit: boolean;
  onRows: (rows: Row[], imported: boolean) => void;
}) {
  const { table, mayEdit } = props;
  const path = useTenantPath();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  async function download() {
    try {
      const text = await api.get<string>(path(`lookup-tables/${table.name}/csv/`), { as: "text" });
      const link = document.createElement("a");
      // The mark in front tells spreadsheets that it is UTF-8.
      link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
      link.download = `${table.name}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconHistory size={15} />}
        onClick={() => setOpen("history")}
        data-testid="table-history"
      >
        History
      </Button>
      {mayEdit && (
        <Button
          variant="default"
          leftSection={<IconUpload size={15} />}
          onClick={() => setOpen("import")}
          data-testid="import-csv"
        >
          Import CSV
        </Button>
      )}
      <Button variant="default" leftSection={<IconDownload size={15} />} onClick={download}>
        Export CSV
      </Button>
      {mayEdit && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size={30} aria-label="More about this table" data-testid="table-menu">
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconPencil size={16} />}
              onClick={() => setOpen("words")}
              data-testid="edit-table"
            >
              Title, description and headings
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => setOpen("delete")}
              data-testid="delete-table"
            >
              Delete the table
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <ImportDialog opened={open === "import"} onClose={close} {...props} />
      <HistoryDrawer table={table} mayEdit={mayEdit} opened={open === "history"} onClose={close} />
      <EditTable key={`${open === "words"}`} table={table} opened={open === "words"} onClose={close} />
      <DeleteTable table={table} opened={open === "delete"} onClose={close} />
    </>
  );
}

function DeleteTable({
  table,
  opened,
  onClose,
}: {
  table: LookupTable;
  opened: boolean;
  onClose: () => void;
}) {
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const flows = byFlow(table.used_by ?? []);
  return (
    <Confirm
      opened={opened}
      title={`Delete “${table.title}”?`}
      verb="Delete the table"
      onClose={onClose}
      onConfirm={async () => {
        await api.delete(path(`lookup-tables/${table.name}/`));
        navigate(`/t/${slug}/tables`);
        await refresh("lookup-tables/");
      }}
    >
      {flows.length > 0 ? (
        <>
          <p>These flows read it and will fail, saying that the table is missing:</p>
          <ul className={classes.deleteList}>
            {flows.map(({ flow, users }) => (
              <li key={flow.id}>
                <strong>{flow.name}</strong> <span className="faint">{users.map(whereOf).join(", ")}</span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>No flow reads it.</p>
      )}
      <p>
        Its {table.rows_count.toLocaleString()} rows and its history go with it and cannot be brought back.
        Export it first if in doubt.
      </p>
    </Confirm>
  );
}

/** Above the grid: search, how many rows, what is wrong, undo and redo, and save as one change. */
import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconSearch } from "@tabler/icons-react";
import { TROUBLE_WORDS } from "./sheet";
import classes from "./table.module.css";
import type { useSheet } from "./useSheet";

export function SheetBar(props: {
  sheet: ReturnType<typeof useSheet>;
  shown: number;
  search: string;
  onSearch: (text: string) => void;
  mayEdit: boolean;
  busy: boolean;
  onSave: () => void;
}) {
  const { state, act, troubles, count } = props.sheet;
  const total = state.rows.length;
  const reveal = () => {
    const at = state.rows.findIndex(({ id }) => troubles.has(id));
    props.onSearch("");
    act({ type: "select", from: { row: at, column: 0 } });
  };
  const [trouble] = troubles.values();
  return (
    <>
      <TextInput
        size="xs"
        w={240}
        leftSection={<IconSearch size={15} />}
        placeholder="Search keys and values"
        aria-label="Search rows"
        value={props.search}
        onChange={(event) => props.onSearch(event.currentTarget.value)}
        data-testid="table-search"
      />
      <span className="faint tabular">
        {props.search
          ? `${props.shown.toLocaleString()} of ${total.toLocaleString()} rows`
          : `${total.toLocaleString()} ${total === 1 ? "row" : "rows"}`}
      </span>
      <span style={{ flex: 1 }} />
      {trouble && (
        <button type="button" className={classes.trouble} onClick={reveal} data-testid="table-troubles">
          {troubles.size === 1
            ? TROUBLE_WORDS[trouble]
            : `${troubles.size.toLocaleString()} rows need mending`}
        </button>
      )}
      {count > 0 && (
        <span className={classes.unsaved} data-testid="unsaved">
          {count.toLocaleString()} not saved
        </span>
      )}
      {props.mayEdit && (
        <>
          <Tooltip label="Undo (Ctrl Z)">
            <ActionIcon
              aria-label="Undo"
              disabled={state.past.length === 0}
              onClick={() => act({ type: "undo" })}
              data-testid="table-undo"
            >
              <IconArrowBackUp size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Redo (Shift Ctrl Z)">
            <ActionIcon
              aria-label="Redo"
              disabled={state.future.length === 0}
              onClick={() => act({ type: "redo" })}
            >
              <IconArrowForwardUp size={17} />
            </ActionIcon>
          </Tooltip>
          <Button
            variant="default"
            onClick={() => {
              props.onSearch("");
              act({ type: "select", from: { row: total, column: 0 } });
              document.querySelector<HTMLElement>("[data-testid=table-grid]")?.focus();
            }}
            data-testid="add-row"
          >
            Add a row
          </Button>
          <Button
            loading={props.busy}
            disabled={count === 0 || troubles.size > 0}
            onClick={props.onSave}
            data-testid="save-rows"
          >
            Save
          </Button>
        </>
      )}
    </>
  );
}

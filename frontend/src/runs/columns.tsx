/** Which columns the list of runs has; remembered for the person's browser. */
import { ActionIcon, Checkbox, Menu, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconColumns } from "@tabler/icons-react";

export const COLUMNS = {
  flow: "Flow",
  what: "What happened",
  duration: "Duration",
  attempts: "Attempts",
  began: "Began",
  id: "Run",
} as const;
export type Column = keyof typeof COLUMNS;

const ALL = Object.keys(COLUMNS) as Column[];
const FIRST: Column[] = ["flow", "what", "duration", "attempts", "began"];

export function useColumns(): [Column[], (columns: Column[]) => void] {
  const [held, setHeld] = useLocalStorage<string[]>({ key: "ipaas.runs.columns", defaultValue: FIRST });
  return [ALL.filter((column) => held.includes(column)), setHeld];
}

export function ColumnChoice({
  columns,
  onChange,
}: {
  columns: Column[];
  onChange: (columns: Column[]) => void;
}) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Tooltip label="Columns">
          <ActionIcon aria-label="Columns" data-testid="runs-columns">
            <IconColumns size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {ALL.map((column) => (
          <Menu.Item
            key={column}
            role="menuitemcheckbox"
            aria-checked={columns.includes(column)}
            leftSection={<Checkbox.Indicator size="xs" checked={columns.includes(column)} aria-hidden />}
            onClick={() =>
              onChange(
                columns.includes(column) ? columns.filter((one) => one !== column) : [...columns, column],
              )
            }
          >
            {COLUMNS[column]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

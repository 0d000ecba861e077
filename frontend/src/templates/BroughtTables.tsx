/** The lookup tables that a template brings, with their first rows; one that is there already stays as it is. */
import { Table } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import { useTables } from "@/api/queries";
import type { TemplateDetail } from "@/api/types";
import { Tag } from "@/ui/status";
import classes from "./templates.module.css";

const MOST = 8;

export function BroughtTables({ tables }: { tables: TemplateDetail["table_rows"] }) {
  const there = useTables().data ?? [];
  return (
    <>
      {tables.map((table) => {
        const isThere = there.some(({ name }) => name === table.name);
        return (
          <section key={table.name} className={classes.box} aria-label={table.title}>
            <strong>
              <IconTable size={16} aria-hidden className={classes.inline} /> {table.title}
            </strong>{" "}
            {isThere && <Tag tone="good">you have it already; your rows stay</Tag>}
            {table.description && <p className="faint">{table.description}</p>}
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{table.key_title}</Table.Th>
                  <Table.Th>{table.value_title}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {table.rows.slice(0, MOST).map((row) => (
                  <Table.Tr key={row.key}>
                    <Table.Td className="mono">{row.key}</Table.Td>
                    <Table.Td className="mono">{row.value}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {table.rows.length > MOST && <p className="faint">and {table.rows.length - MOST} more rows</p>}
          </section>
        );
      })}
    </>
  );
}

/** The audit trail: who did what to what, the latest first. Nobody can change it. */
import { Table } from "@mantine/core";
import { useAudit } from "@/api/queries";
import { IdChip } from "@/ui/copy";
import { Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { Ago } from "@/ui/time";

export function AuditList() {
  const audit = useAudit();
  return (
    <Panel label="Audit trail">
      <Loaded query={audit}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="Nothing has been done yet" />
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={130}>When</Table.Th>
                  <Table.Th w={220}>Who</Table.Th>
                  <Table.Th w={220}>What</Table.Th>
                  <Table.Th w={220}>To what</Table.Th>
                  <Table.Th>Detail</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((entry) => (
                  <Table.Tr key={entry.id}>
                    <Table.Td className="faint">
                      <Ago at={entry.at} />
                    </Table.Td>
                    <Table.Td>{entry.actor_label || "the system"}</Table.Td>
                    <Table.Td>{entry.action.replace(/[._]/g, " ")}</Table.Td>
                    <Table.Td>
                      <span className="faint">{entry.target_type.replace(/_/g, " ")}</span>{" "}
                      {entry.target_id && <IdChip id={entry.target_id} />}
                    </Table.Td>
                    <Table.Td className="faint">{detailText(entry.detail)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Panel>
  );
}

function detailText(detail: unknown): string {
  if (!detail || typeof detail !== "object") return "";
  return Object.entries(detail)
    .map(
      ([name, value]) =>
        `${name.replace(/_/g, " ")}: ${typeof value === "object" ? JSON.stringify(value) : value}`,
    )
    .join(", ");
}

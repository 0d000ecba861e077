/** The lookup tables: what people keep so that flows can look it up. */
import { Button, Group, Modal, SimpleGrid, Table, TextInput } from "@mantine/core";
import { IconPlus, IconTable } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTables, useTenantPath } from "@/api/queries";
import type { LookupTable } from "@/api/types";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { tellError } from "@/ui/notify";
import { Page, Panel } from "@/ui/page";
import { SearchField } from "@/ui/SearchField";
import { EmptyState, Loaded } from "@/ui/states";
import { Ago } from "@/ui/time";
import classes from "./table.module.css";

export default function TablesPage() {
  usePageTitle({ title: "Tables" });
  const { slug } = useTenant();
  const navigate = useNavigate();
  const can = useCan();
  const tables = useTables();
  const [search, change] = useAddress();
  const wanted = search.get("q") ?? "";
  const creating = search.get("new") !== null;
  const put = (name: string, value: string | null) => change({ [name]: value });
  const setCreating = (open: boolean) => put("new", open ? "1" : null);
  const mayManage = can("manage_tables");
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)} data-testid="new-table">
      New table
    </Button>
  );
  return (
    <Page
      title="Tables"
      lead="What people know and systems do not: which product is which part, which reason is which code."
      actions={mayManage && create}
    >
      <Panel
        label="Tables"
        bar={
          <SearchField
            label="Search tables"
            value={wanted}
            onChange={(text) => put("q", text)}
            testId="tables-search"
          />
        }
      >
        <Loaded query={tables}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState icon={<IconTable size={24} />} title="No tables yet" action={mayManage && create}>
                Make one of two columns from your spreadsheet: which product is which part. A flow’s “Look up”
                step finds the values here. Templates bring the tables they need, ready to be filled.
              </EmptyState>
            ) : found(all, wanted).length === 0 ? (
              <EmptyState
                title="No table is called that"
                action={
                  <Button variant="light" onClick={() => put("q", null)}>
                    Show all tables
                  </Button>
                }
              />
            ) : (
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Table</Table.Th>
                    <Table.Th w="17%">Key</Table.Th>
                    <Table.Th w="17%">Value</Table.Th>
                    <Table.Th w={110}>Used by</Table.Th>
                    <Table.Th w={90} ta="right">
                      Rows
                    </Table.Th>
                    <Table.Th w={140} ta="right">
                      Changed
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found(all, wanted).map((table) => (
                    <Table.Tr
                      key={table.id}
                      className={classes.listed}
                      onClick={() => navigate(`/t/${slug}/tables/${table.name}`)}
                      data-testid={`table-row-${table.name}`}
                    >
                      <Table.Td>
                        <Link
                          className={classes.link}
                          to={`/t/${slug}/tables/${table.name}`}
                          onClick={(event) => event.stopPropagation()}
                        >
                          {table.title}
                        </Link>
                        <span className={`${classes.description} truncate`}>
                          {table.description || table.name}
                        </span>
                      </Table.Td>
                      <Table.Td>{table.key_title}</Table.Td>
                      <Table.Td>{table.value_title}</Table.Td>
                      <Table.Td className={table.flows_count ? undefined : "faint"}>
                        {table.flows_count
                          ? `${table.flows_count} ${table.flows_count === 1 ? "flow" : "flows"}`
                          : "no flow"}
                      </Table.Td>
                      <Table.Td ta="right">{table.rows_count.toLocaleString()}</Table.Td>
                      <Table.Td ta="right" className="faint">
                        <Ago at={table.updated_at} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Panel>
      <NewTable opened={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function found(all: LookupTable[], wanted: string): LookupTable[] {
  const text = wanted.trim().toLowerCase();
  return all.filter(({ title, name, description }) =>
    `${title} ${name} ${description}`.toLowerCase().includes(text),
  );
}

function NewTable({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [title, setTitle] = useState("");
  const [keyTitle, setKeyTitle] = useState("Key");
  const [valueTitle, setValueTitle] = useState("Value");
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 40);
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const body = { name, title: title.trim(), key_title: keyTitle, value_title: valueTitle };
      const table = await api.post<LookupTable>(path("lookup-tables/"), body);
      await refresh("lookup-tables/");
      navigate(`/t/${slug}/tables/${table.name}`);
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title="New table">
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Title"
          required
          data-autofocus
          value={title}
          description={name ? `Flows call it ${name}` : "Such as “Stripe product to Epicor part”"}
          onChange={(event) => setTitle(event.currentTarget.value)}
          data-testid="table-title"
        />
        <SimpleGrid cols={2}>
          <TextInput
            label="Heading of keys"
            description="What a flow looks for"
            value={keyTitle}
            onChange={(event) => setKeyTitle(event.currentTarget.value)}
          />
          <TextInput
            label="Heading of values"
            description="What it finds"
            value={valueTitle}
            onChange={(event) => setValueTitle(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!name} data-testid="create-table">
            Create
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** The words of a table: title, what it is for, and the headings of its two columns. */
import { Button, Group, Modal, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { LookupTable } from "@/api/types";
import { tellError } from "@/ui/notify";
import classes from "./table.module.css";

export function EditTable(props: { table: LookupTable; opened: boolean; onClose: () => void }) {
  const { table } = props;
  const path = useTenantPath();
  const refresh = useRefresh();
  const [words, setWords] = useState({
    title: table.title,
    description: table.description,
    key_title: table.key_title,
    value_title: table.value_title,
  });
  const set = (part: Partial<typeof words>) => setWords((before) => ({ ...before, ...part }));
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await api.patch(path(`lookup-tables/${table.name}/`), words);
      await refresh("lookup-tables/");
      props.onClose();
    } catch (error) {
      tellError(error, "The table was not changed");
    }
  }
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Title, description and headings">
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Title"
          description={`Flows go on calling it ${table.name}`}
          required
          data-autofocus
          maxLength={200}
          value={words.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
          data-testid="edit-title"
        />
        <Textarea
          label="Description"
          description="What the table is for and who keeps it"
          autosize
          minRows={2}
          maxLength={5000}
          value={words.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <SimpleGrid cols={2}>
          <TextInput
            label="Heading of keys"
            description="What a flow looks for"
            required
            maxLength={100}
            value={words.key_title}
            onChange={(event) => set({ key_title: event.currentTarget.value })}
          />
          <TextInput
            label="Heading of values"
            description="What it finds"
            required
            maxLength={100}
            value={words.value_title}
            onChange={(event) => set({ value_title: event.currentTarget.value })}
          />
        </SimpleGrid>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" data-testid="save-words">
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

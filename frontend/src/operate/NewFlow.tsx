/** Asks for the name of a new flow and opens its canvas. */
import { Button, Group, Modal, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { EMPTY_DOCUMENT } from "@/document/types";
import { tellError } from "@/ui/notify";
import classes from "./flows.module.css";
import { freeName } from "./flowWords";

export function NewFlow({
  opened,
  taken,
  onClose,
}: {
  opened: boolean;
  taken: string[];
  onClose: () => void;
}) {
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [typed, setName] = useState<string | null>(null);
  const name = typed ?? freeName("New flow", taken);
  const [description, setDescription] = useState("");
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const body = { name: name.trim(), description: description.trim(), document: EMPTY_DOCUMENT };
      const flow = await api.post<FlowDetail>(path("flows/"), body);
      void refresh("flows/");
      navigate(`/t/${slug}/flows/${flow.id}`);
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title="New flow">
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Name"
          description="What people call it, such as “Order to cash”"
          required
          maxLength={200}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="new-flow-name"
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={!name.trim()} data-testid="create-flow">
            Create and open
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

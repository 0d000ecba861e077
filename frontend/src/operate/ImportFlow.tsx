/** Makes a flow of a document that was saved as a file; says in words what is wrong with one that is none. */
import { Alert, Button, FileInput, Group, Modal, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconFileImport } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { api, explain } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import classes from "./flows.module.css";
import { freeName } from "./flowWords";
import { type Read, readDocument } from "./readDocument";

const MOST_BYTES = 5_000_000;

interface Props {
  opened: boolean;
  taken: string[];
  onClose: () => void;
}

export function ImportFlow(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="New flow from a file">
      {props.opened && <Form {...props} />}
    </Modal>
  );
}

function Form({ taken, onClose }: Props) {
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [read, setRead] = useState<Read | null>(null);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function choose(file: File | null) {
    setProblem(null);
    if (!file) return setRead(null);
    if (file.size > MOST_BYTES) return setRead({ ok: false, why: "The file is larger than 5 MB." });
    const found = readDocument(await file.text());
    setRead(found);
    if (found.ok) setName(freeName(found.name ?? nameOf(file.name), taken));
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!read?.ok) return;
    setBusy(true);
    setProblem(null);
    try {
      const flow = await api.post<FlowDetail>(path("flows/"), { name: name.trim(), document: read.document });
      void refresh("flows/");
      navigate(`/t/${slug}/flows/${flow.id}`);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <FileInput
        label="File"
        description="A document that was saved with “Save the document as a file” in the menu of a flow"
        placeholder="choose a .json file"
        accept=".json,application/json"
        leftSection={<IconFileImport size={16} />}
        clearable
        onChange={choose}
        data-testid="import-file"
      />
      {read && !read.ok && (
        <Alert
          color="red"
          icon={<IconAlertTriangle size={18} />}
          title="No flow can be made of this file"
          role="alert"
          data-testid="import-refused"
        >
          {read.why}
        </Alert>
      )}
      {problem !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={explain(problem).title} role="alert">
          {explain(problem).detail} {explain(problem).hint}
        </Alert>
      )}
      {read?.ok && (
        <>
          <Alert color="teal" icon={<IconCircleCheck size={18} />}>
            {read.document.nodes.length === 1 ? "1 step" : `${read.document.nodes.length} steps`}. Its
            connections are chosen when it is deployed; what is wrong with it, the canvas will show.
          </Alert>
          <TextInput
            label="Name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="import-name"
          />
        </>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          loading={busy}
          disabled={!read?.ok || !name.trim()}
          data-testid="import-confirm"
        >
          Create and open
        </Button>
      </Group>
    </form>
  );
}

/** `order-to-cash.json` is “Order to cash”. */
function nameOf(file: string): string {
  const words = file
    .replace(/\.json$/i, "")
    .replace(/[-_]+/g, " ")
    .trim();
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, 190) || "New flow";
}

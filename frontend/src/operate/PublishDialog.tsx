/** Makes an immutable version of the draft; shows the problems when it cannot. */
import { Alert, Button, Group, Modal, Textarea } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
import { ApiProblem, api, type FieldProblem } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail, Version } from "@/api/types";
import type { Problem } from "@/document/types";
import { tellError } from "@/ui/notify";
import classes from "./flows.module.css";

export function PublishDialog(props: {
  flow: FlowDetail;
  problems: Problem[];
  opened: boolean;
  onClose: () => void;
  onDeploy?: () => void;
}) {
  const { flow, opened } = props;
  const path = useTenantPath();
  const refresh = useRefresh();
  const [message, setMessage] = useState("");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<number | null>(null);
  const [refused, setRefused] = useState<FieldProblem[]>([]);
  const errors = props.problems.filter(({ severity }) => severity !== "warning");

  useEffect(() => {
    if (!opened) return;
    setMade(null);
    setRefused([]);
    setMessage("");
  }, [opened]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const version = await api.post<Version>(path(`flows/${flow.id}/versions/`), { message });
      await refresh(`flows/${flow.id}/`, "flows/");
      setMade(version.number);
    } catch (error) {
      if (error instanceof ApiProblem && error.errors.length > 0) setRefused(error.errors);
      else tellError(error, "The draft was not published");
    } finally {
      setBusy(false);
    }
  }

  if (made !== null) {
    return (
      <Modal opened={opened} onClose={props.onClose} title={`Version ${made} is published`}>
        <p className="soft">
          <IconCircleCheck size={18} color="var(--good)" style={{ verticalAlign: "text-bottom" }} /> It will
          never change. Deploy it to put it to work.
        </p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose} data-testid="publish-close">
            Later
          </Button>
          {props.onDeploy && (
            <Button onClick={props.onDeploy} data-testid="deploy-published">
              Deploy version {made}
            </Button>
          )}
        </Group>
      </Modal>
    );
  }
  const blocking = refused.length > 0 ? refused : errors;
  return (
    <Modal
      opened={opened}
      onClose={props.onClose}
      title={`Publish version ${(flow.latest_version ?? 0) + 1}`}
    >
      <form onSubmit={submit} className={classes.form}>
        {blocking.length > 0 && (
          <Alert
            color="red"
            icon={<IconAlertTriangle size={18} />}
            title="The draft has problems"
            data-testid="publish-refused"
          >
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {blocking.slice(0, 6).map((problem) => (
                <li key={`${problem.pointer}${problem.message}`}>{problem.message}</li>
              ))}
            </ul>
            {blocking.length > 6 && `and ${blocking.length - 6} more`}
          </Alert>
        )}
        <Textarea
          label="What changed"
          description="For whoever looks at the versions later"
          autosize
          minRows={2}
          data-autofocus
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          data-testid="publish-message"
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={errors.length > 0} data-testid="publish-confirm">
            Publish
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

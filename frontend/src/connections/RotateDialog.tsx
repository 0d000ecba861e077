/** Gives a connection new secrets; fields left empty keep what they hold. */
import { Button, Group, Modal } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { Connection, Connector } from "@/api/types";
import { tell, tellError } from "@/ui/notify";
import { fieldErrors } from "./ConnectionDialog";
import { CredentialForm, type Values } from "./CredentialForm";

export function RotateDialog(props: {
  connection: Connection;
  connector: Connector;
  opened: boolean;
  onClose: () => void;
}) {
  const { connection, connector } = props;
  const path = useTenantPath();
  const refresh = useRefresh();
  const [values, setValues] = useState<Values>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const auth = connector.auth.find(({ kind }) => kind === connection.auth_kind) ?? connector.auth[0];

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      await api.post(path(`connections/${connection.id}/rotate/`), { credential: values });
      const test = await api.post<{ ok: boolean; message: string }>(
        path(`connections/${connection.id}/test/`),
      );
      await refresh("connections/");
      tell(
        test.message,
        test.ok ? "The new credential works" : "The new credential is kept, but its test failed",
      );
      setValues({});
      props.onClose();
    } catch (error) {
      setProblem(error);
      tellError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={`Rotate the credential of “${connection.name}”`}
    >
      <form onSubmit={submit}>
        <p className="faint" style={{ marginTop: 0 }}>
          What is saved now cannot be shown. Fields you leave empty stay as they are. Runs that wait for this
          connection go on by themselves.
        </p>
        {auth && (
          <CredentialForm
            schema={auth.fields}
            values={values}
            errors={fieldErrors(problem)}
            onChange={setValues}
            prefix="rotate"
            kept
          />
        )}
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={Object.keys(values).length === 0}>
            Save and test
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

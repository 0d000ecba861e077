/** Gives a connection new secrets, once the system has accepted them; fields left empty keep what they hold. */
import { Alert, Button, Group, Modal } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { ApiProblem, api, explain } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { Connection, Connector } from "@/api/types";
import { tell } from "@/ui/notify";
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

  const close = () => {
    setValues({});
    setProblem(null);
    props.onClose();
  };
  async function rotate(testFirst: boolean) {
    setBusy(true);
    setProblem(null);
    try {
      const body = { credential: values, test_first: testFirst };
      await api.post(path(`connections/${connection.id}/rotate/`), body);
      await refresh("connections/");
      tell(
        testFirst
          ? "The system accepted it before it took the place of the old one. Waiting runs go on."
          : "Test the connection to see whether the system accepts it.",
        "The new credential is in place",
      );
      close();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void rotate(true);
  };
  const isRefused = problem instanceof ApiProblem && problem.code === "new_credential_failed";
  return (
    <Modal opened={props.opened} onClose={close} title={`Rotate the credential of “${connection.name}”`}>
      <form onSubmit={submit}>
        <p className="faint" style={{ marginTop: 0 }}>
          What is saved now cannot be shown. Fields you leave empty stay as they are. The new credential is
          tested first; until the system accepts it, flows go on with the old one.
        </p>
        {problem !== null && (
          <Alert
            color={isRefused ? "orange" : "red"}
            icon={<IconAlertTriangle size={18} />}
            title={isRefused ? "The new credential does not work" : explain(problem).title}
            role="alert"
            mb="md"
            data-testid="rotate-refused"
          >
            {explain(problem).detail} {explain(problem).hint}
            {isRefused && (
              <Group mt="xs">
                <Button variant="default" onClick={() => rotate(false)} data-testid="rotate-anyway">
                  Put it in place all the same
                </Button>
              </Group>
            )}
          </Alert>
        )}
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
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={Object.keys(values).length === 0}
            data-testid="rotate-save"
          >
            Test and replace
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** The acts on a connection that ask first: rotate, edit, duplicate, delete. */
import { Button, Group, Modal, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { api, explain } from "@/api/client";
import { useConnection, useRefresh, useTenantPath } from "@/api/queries";
import type { Connection, Connector, Environment } from "@/api/types";
import { ENVIRONMENTS, useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { tell, tellError } from "@/ui/notify";
import { fieldErrors } from "./ConnectionDialog";
import { CredentialForm, type Values } from "./CredentialForm";
import classes from "./connections.module.css";
import { RotateDialog } from "./RotateDialog";

export type ConnectionAct = "rotate" | "edit" | "duplicate" | "delete";

interface Props {
  act: ConnectionAct | null;
  connection: Connection;
  connector?: Connector;
  onClose: () => void;
  onGone?: () => void;
}

export function ConnectionDialogs(props: Props) {
  const { act, connection, connector, onClose } = props;
  return (
    <>
      {act === "delete" && <DeleteConnection {...props} />}
      {connector && (
        <RotateDialog
          connection={connection}
          connector={connector}
          opened={act === "rotate"}
          onClose={onClose}
        />
      )}
      <Modal opened={act === "edit"} onClose={onClose} title={`Edit “${connection.name}”`}>
        {act === "edit" && <EditForm {...props} />}
      </Modal>
      <Modal opened={act === "duplicate"} onClose={onClose} title={`Duplicate “${connection.name}”`}>
        {act === "duplicate" && <DuplicateForm {...props} />}
      </Modal>
    </>
  );
}

function DeleteConnection({ connection, connector, onClose, onGone }: Props) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const { slug } = useTenant();
  const uses = useConnection(connection.id).data?.deployments ?? [];
  return (
    <Confirm
      opened
      title={`Delete “${connection.name}”?`}
      verb="Delete the connection"
      onClose={onClose}
      onConfirm={async () => {
        await api.delete(path(`connections/${connection.id}/`));
        onGone?.();
        await refresh("connections/");
        tell(`“${connection.name}” is deleted.`);
      }}
    >
      {uses.length > 0 ? (
        <>
          <p>
            Deployed flows use it, so it cannot be deleted yet. Deploy them with another connection, or take
            them out of work, first:
          </p>
          <ul className={classes.uses}>
            {uses.map(({ flow, environment }) => (
              <li key={`${flow.id} ${environment}`}>
                <Link to={`/t/${slug}/flows/${flow.id}`}>{flow.name}</Link>
                <span className="faint">in {environment}</span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          No deployed flow uses it. Its credential is destroyed and cannot be brought back;{" "}
          {connector?.title ?? "the system"} itself keeps its keys until they are withdrawn there.
        </>
      )}
    </Confirm>
  );
}

function EditForm({ connection, connector, onClose }: Props) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [name, setName] = useState(connection.name);
  const [config, setConfig] = useState<Values>(connection.config);
  const [problem, setProblem] = useState<unknown>(null);
  const errors = fieldErrors(problem);
  const hasConfig = Object.keys(connector?.config?.properties ?? {}).length > 0;
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await api.patch(path(`connections/${connection.id}/`), hasConfig ? { name, config } : { name });
      await refresh("connections/");
      onClose();
    } catch (error) {
      setProblem(error);
      tellError(error, "The connection was not changed");
    }
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        label="Name"
        description="How people choose it when they deploy a flow"
        required
        data-autofocus
        maxLength={120}
        value={name}
        error={errors.name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="edit-name"
      />
      {hasConfig && (
        <CredentialForm
          schema={connector?.config}
          values={config}
          errors={errors}
          onChange={setConfig}
          prefix="edit"
        />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" data-testid="edit-save">
          Save
        </Button>
      </Group>
    </form>
  );
}

function DuplicateForm({ connection, connector, onClose }: Props) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const others = ENVIRONMENTS.filter((each) => each.name !== connection.environment);
  const [environment, setEnvironment] = useState<Environment>(others[0]?.name ?? "qa");
  const suggested = `${connector?.title ?? connection.connector} ${ENVIRONMENTS.find(({ name }) => name === environment)?.title.toLowerCase()}`;
  const [named, setNamed] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const body = { environment, name: named ?? suggested };
      const made = await api.post<Connection>(path(`connections/${connection.id}/duplicate/`), body);
      await refresh("connections/");
      tell(made.simulated ? "It works at once." : "Enter its credential by “Rotate” to put it to work.");
      onClose();
    } catch (error) {
      setProblem(error);
    }
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <p className={classes.quiet}>
        The settings go with it, the secrets never do. Each environment has keys of its own.
      </p>
      <Select
        label="Environment"
        description="Where the copy is used"
        data={others.map(({ name, title }) => ({ value: name, label: title }))}
        value={environment}
        onChange={(value) => value && setEnvironment(value as Environment)}
        data-testid="duplicate-environment"
      />
      <TextInput
        label="Name"
        description="How people choose it when they deploy a flow"
        required
        value={named ?? suggested}
        error={problem ? explain(problem).detail : undefined}
        onChange={(event) => setNamed(event.currentTarget.value)}
        data-testid="duplicate-name"
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" data-testid="duplicate-confirm">
          Duplicate
        </Button>
      </Group>
    </form>
  );
}

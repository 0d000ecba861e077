/** Connects a system: kind of sign-in, settings and credential by the connector's own schemas; tests it at once. */
import { Alert, Button, Group, Modal, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
import { ApiProblem, api, explain } from "@/api/client";
import { useRefresh, useSandbox, useTenantPath } from "@/api/queries";
import type { Connection, ConnectionTest, Connector, Environment } from "@/api/types";
import { ENVIRONMENTS } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { CredentialForm, type Values } from "./CredentialForm";
import classes from "./connections.module.css";
import { SignInSteps } from "./SignInSteps";
import { openWindow, useSignIn } from "./signIn";
import { TestAnswer } from "./TestAnswer";

export function ConnectionDialog(props: {
  connector: Connector | null;
  environment: Environment;
  onClose: () => void;
}) {
  const { connector } = props;
  return (
    <Modal
      opened={connector !== null}
      onClose={props.onClose}
      title={connector ? `Connect ${connector.title}` : ""}
      size="lg"
    >
      {connector && <Form key={connector.name} {...props} connector={connector} />}
    </Modal>
  );
}

/** Field problems by the field's own name: `/credential/secret_key` → `secret_key`. */
export function fieldErrors(problem: unknown): Record<string, string> {
  if (!(problem instanceof ApiProblem)) return {};
  return Object.fromEntries(
    problem.errors.map((error) => [
      error.pointer.split("/").pop() ?? "",
      [error.message, error.hint].filter(Boolean).join(" "),
    ]),
  );
}

function Form({
  connector,
  environment,
  onClose,
}: {
  connector: Connector;
  environment: Environment;
  onClose: () => void;
}) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const sandbox = useSandbox();
  const title = ENVIRONMENTS.find(({ name }) => name === environment)?.title ?? environment;
  const [name, setName] = useState(`${connector.title} ${title.toLowerCase()}`);
  const [kind, setKind] = useState(connector.auth[0]?.kind ?? "none");
  const [simulated, setSimulated] = useState(connector.has_simulator && environment === "sandbox");
  const [config, setConfig] = useState<Values>({});
  const [credential, setCredential] = useState<Values>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<{ connection: Connection; test: ConnectionTest } | null>(null);
  const [waiting, setWaiting] = useState<Connection | null>(null);
  const signIn = useSignIn(waiting?.id ?? null, () => void refresh("connections/"));
  const auth = connector.auth.find((entry) => entry.kind === kind);
  const errors = fieldErrors(problem);

  const offered = Object.keys(auth?.fields.properties ?? {});
  const fitting = Object.fromEntries(Object.entries(credential).filter(([field]) => offered.includes(field)));
  // Fake keys are the simulated system's alone; they go when the real one is meant.
  const choose = (isSimulated: boolean) => {
    setSimulated(isSimulated);
    if (!isSimulated) {
      setCredential({});
      setConfig({});
    }
  };

  const keys = sandbox.data?.systems.find(({ system }) => system === connector.name)?.credentials;
  useEffect(() => {
    if (!simulated || !keys) return;
    const pick = (names: string[]) =>
      Object.fromEntries(Object.entries(keys).filter(([field]) => names.includes(field)));
    setCredential(pick(Object.keys(auth?.fields.properties ?? {})));
    setConfig(pick(Object.keys(connector.config?.properties ?? {})));
  }, [simulated, keys, auth, connector.config]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const needsWindow = kind === "oauth2_authorization_code";
    const popup = needsWindow ? openWindow() : null;
    setBusy(true);
    setProblem(null);
    try {
      const body = {
        name: name.trim(),
        connector: connector.name,
        environment,
        auth_kind: kind,
        config,
        credential: fitting,
        simulated,
      };
      const connection = await api.post<Connection>(path("connections/"), body);
      if (needsWindow) {
        setWaiting(connection);
        await signIn.begin(connection.id, popup);
        return await refresh("connections/");
      }
      const test = await api.post<ConnectionTest>(path(`connections/${connection.id}/test/`));
      await refresh("connections/");
      setMade({ connection, test });
    } catch (error) {
      popup?.close();
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }
  if (waiting)
    return (
      <div className={classes.form}>
        <SignInSteps
          state={signIn.state}
          system={connector.title}
          onAgain={() => void signIn.begin(waiting.id, openWindow()).catch(setProblem)}
          onOpened={signIn.wait}
        />
        {problem !== null && <Refusal problem={problem} />}
        <Group justify="flex-end">
          <Button
            variant={signIn.state.stage === "done" ? "filled" : "default"}
            onClick={onClose}
            data-testid="sign-in-close"
          >
            {signIn.state.stage === "done" ? "Done" : "Later"}
          </Button>
        </Group>
      </div>
    );
  if (made) return <Made made={made} connector={connector} onClose={onClose} />;
  return (
    <form onSubmit={submit} className={classes.form} autoComplete="off">
      <div className={classes.head}>
        <ConnectorIcon name={connector.title} url={connector.icon_url} size={36} />
        <p className="faint">
          {connector.description} <br />
          In the environment <strong>{title}</strong>.
        </p>
      </div>
      {problem !== null && <Refusal problem={problem} />}
      <TextInput
        label="Name"
        description="How people choose it when they deploy a flow"
        required
        value={name}
        error={errors.name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="connection-name"
      />
      {connector.has_simulator && (
        <div className={classes.simulated}>
          <Switch
            label="Use the simulated system"
            description="Talks to the sandbox’s stand-in with its fake keys; nothing leaves this server."
            checked={simulated}
            onChange={(event) => choose(event.currentTarget.checked)}
            data-testid="connection-simulated"
          />
        </div>
      )}
      {connector.auth.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="How to sign in"
          data={connector.auth.map((entry) => ({ value: entry.kind, label: entry.title }))}
          value={kind}
          onChange={setKind}
        />
      )}
      {connector.config && Object.keys(connector.config.properties ?? {}).length > 0 && (
        <CredentialForm
          schema={connector.config}
          values={config}
          errors={errors}
          onChange={setConfig}
          prefix="config"
        />
      )}
      {auth && Object.keys(auth.fields.properties ?? {}).length > 0 && (
        <>
          <h3 className={classes.section}>{auth.title}</h3>
          <CredentialForm
            schema={auth.fields}
            values={fitting}
            errors={errors}
            onChange={setCredential}
            prefix="credential"
          />
        </>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} data-testid="connection-save">
          {kind === "oauth2_authorization_code" ? `Go on at ${connector.title}` : "Connect and test"}
        </Button>
      </Group>
    </form>
  );
}

function Refusal({ problem }: { problem: unknown }) {
  const { title, detail, hint } = explain(problem);
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={title} role="alert">
      {detail} {hint}
    </Alert>
  );
}

function Made(props: {
  made: { connection: Connection; test: ConnectionTest };
  connector: Connector;
  onClose: () => void;
}) {
  const { connection, test } = props.made;
  return (
    <div className={classes.form}>
      <TestAnswer
        test={test}
        connector={props.connector}
        title={test.ok ? `“${connection.name}” works` : `“${connection.name}” is kept, but its test failed`}
      />
      <Group justify="flex-end">
        <Button onClick={props.onClose}>Done</Button>
      </Group>
    </div>
  );
}

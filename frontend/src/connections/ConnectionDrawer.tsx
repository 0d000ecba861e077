/** One connection whole: how it fares, what a test says, where it is used, its settings, and what can be done with it. */
import { Button, Drawer } from "@mantine/core";
import { IconCopy, IconKey, IconPencil, IconPlayerPause, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { useConnection, useConnectionHealth, useRefresh, useTenantPath } from "@/api/queries";
import type { ConnectionDetail, ConnectionTest, Connector } from "@/api/types";
import { ENVIRONMENTS, useCan, useTenant } from "@/app/tenant";
import { IdChip } from "@/ui/copy";
import { tellError } from "@/ui/notify";
import { Loaded } from "@/ui/states";
import { StatusBadge } from "@/ui/status";
import { Ago } from "@/ui/time";
import { type ConnectionAct, ConnectionDialogs } from "./ConnectionDialogs";
import classes from "./connections.module.css";
import { HealthPlot } from "./HealthPlot";
import { SignInSteps } from "./SignInSteps";
import { openWindow, useSignIn } from "./signIn";
import { TestAnswer } from "./TestAnswer";

export function ConnectionDrawer(props: { id: string | null; connectors: Connector[]; onClose: () => void }) {
  return (
    <Drawer
      opened={props.id !== null}
      onClose={props.onClose}
      position="right"
      size={608}
      title="Connection"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {props.id && <Detail key={props.id} {...props} id={props.id} />}
    </Drawer>
  );
}

function Detail(props: { id: string; connectors: Connector[]; onClose: () => void }) {
  const connection = useConnection(props.id);
  return (
    <Loaded query={connection}>
      {(loaded) => (
        <Sections
          connection={loaded}
          connector={props.connectors.find(({ name }) => name === loaded.connector)}
          onClose={props.onClose}
        />
      )}
    </Loaded>
  );
}

function Sections(props: { connection: ConnectionDetail; connector?: Connector; onClose: () => void }) {
  const { connection, connector } = props;
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const [act, setAct] = useState<ConnectionAct | null>(null);
  const mayManage = can("manage_connections");
  const signIn = useSignIn(connection.id, () => void refresh("connections/"));
  const again = () => void signIn.begin(connection.id, openWindow()).catch(tellError);
  const environment = ENVIRONMENTS.find(({ name }) => name === connection.environment);
  async function ask() {
    setBusy(true);
    try {
      setTest(await api.post<ConnectionTest>(path(`connections/${connection.id}/test/`)));
      await refresh("connections/");
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  }
  async function pause() {
    try {
      await api.patch(path(`connections/${connection.id}/`), { paused: connection.status !== "paused" });
      await refresh("connections/");
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <div className={classes.sections} data-testid="connection-detail">
      <header className={classes.detailHead}>
        <h2>{connection.name}</h2>
        <StatusBadge status={connection.status} />
        <span className={classes.place} data-environment={connection.environment}>
          {environment?.title}
        </span>
        <IdChip id={connection.id} />
      </header>
      <div className={classes.verbs}>
        {can("use_connections") && (
          <Button loading={busy} onClick={ask} data-testid="detail-test">
            Test
          </Button>
        )}
        {mayManage && connection.auth_kind === "oauth2_authorization_code" && (
          <Button variant="default" onClick={again} data-testid="detail-sign-in">
            Sign in again
          </Button>
        )}
        {mayManage && (
          <>
            <Verb icon={IconKey} title="Rotate" onClick={() => setAct("rotate")} testId="detail-rotate" />
            <Verb icon={IconPencil} title="Edit" onClick={() => setAct("edit")} testId="detail-edit" />
            <Verb
              icon={IconCopy}
              title="Duplicate"
              onClick={() => setAct("duplicate")}
              testId="detail-duplicate"
            />
            <Verb
              icon={IconPlayerPause}
              title={connection.status === "paused" ? "Resume" : "Pause"}
              onClick={pause}
              testId="detail-pause"
            />
            <Verb
              icon={IconTrash}
              title="Delete"
              onClick={() => setAct("delete")}
              testId="detail-delete"
              danger
            />
          </>
        )}
      </div>
      <SignInSteps
        state={signIn.state}
        system={connector?.title ?? "the system"}
        onAgain={again}
        onOpened={signIn.wait}
      />
      {test && (
        <TestAnswer test={test} connector={connector} title={test.ok ? "It works" : "It does not work"} />
      )}
      <HealthSection id={connection.id} />
      <UsedSection connection={connection} />
      <Settings connection={connection} connector={connector} />
      <ConnectionDialogs
        act={act}
        connection={connection}
        connector={connector}
        onClose={() => setAct(null)}
        onGone={props.onClose}
      />
    </div>
  );
}

function Verb(props: {
  icon: typeof IconKey;
  title: string;
  onClick: () => void;
  testId: string;
  danger?: boolean;
}) {
  return (
    <Button
      variant={props.danger ? "subtle" : "default"}
      color={props.danger ? "red" : undefined}
      leftSection={<props.icon size={15} />}
      onClick={props.onClick}
      data-testid={props.testId}
    >
      {props.title}
    </Button>
  );
}

function HealthSection({ id }: { id: string }) {
  const health = useConnectionHealth(id);
  const { slug } = useTenant();
  return (
    <section>
      <h3 className={classes.sectionTitle}>Health</h3>
      <Loaded query={health}>
        {(now) => (
          <>
            <HealthPlot health={now} />
            <dl className={classes.facts}>
              <dt>Last success</dt>
              <dd>
                <Ago at={now.last_ok_at} />
              </dd>
              <dt>Last failure</dt>
              <dd>
                {now.last_failure ? (
                  <>
                    <Ago at={now.last_failure.at} />
                    <span className={classes.reason}>
                      {now.last_failure.message} {now.last_failure.hint}
                    </span>
                  </>
                ) : (
                  <span className="faint">none</span>
                )}
              </dd>
              <dt>Error rate</dt>
              <dd className="tabular">{(now.error_rate * 100).toFixed(now.error_rate > 0 ? 1 : 0)} %</dd>
              <dt>Runs that wait</dt>
              <dd data-testid="health-waiting">
                {now.waiting.count === 0 ? (
                  <span className="faint">none</span>
                ) : (
                  now.waiting.count.toLocaleString()
                )}
                {now.waiting.runs.map((run) => (
                  <Link key={run.id} className={classes.waiting} to={`/t/${slug}/runs/${run.id}`}>
                    {run.business_key || run.flow}
                  </Link>
                ))}
              </dd>
            </dl>
          </>
        )}
      </Loaded>
    </section>
  );
}

function UsedSection({ connection }: { connection: ConnectionDetail }) {
  const { slug } = useTenant();
  return (
    <section data-testid="connection-used-by">
      <h3 className={classes.sectionTitle}>Where it is used</h3>
      {connection.deployments.length === 0 ? (
        <p className={classes.quiet}>No deployed flow uses it. It is chosen when a flow is deployed.</p>
      ) : (
        <ul className={classes.uses}>
          {connection.deployments.map((use) => (
            <li key={`${use.flow.id} ${use.environment}`}>
              <Link to={`/t/${slug}/flows/${use.flow.id}`}>{use.flow.name}</Link>
              <span className="faint">
                version {use.version} in {use.environment}, as {use.aliases.join(" and ")}
                {use.paused && ", paused"}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Settings({ connection, connector }: { connection: ConnectionDetail; connector?: Connector }) {
  const auth = connector?.auth.find(({ kind }) => kind === connection.auth_kind);
  const entries = Object.entries(connection.config);
  const titleOf = (name: string) => connector?.config?.properties?.[name]?.title ?? name;
  return (
    <section>
      <h3 className={classes.sectionTitle}>Settings</h3>
      <dl className={classes.facts}>
        <dt>System</dt>
        <dd>
          {connector?.title ?? connection.connector}
          {connection.simulated && <span className="faint"> (simulated)</span>}
        </dd>
        <dt>Sign-in</dt>
        <dd>{auth?.title ?? connection.auth_kind}</dd>
        <dt>Secrets kept</dt>
        <dd>
          {(connection.credential_fields ?? [])
            .map((name) => auth?.fields.properties?.[name]?.title ?? name)
            .join(", ") || <span className="faint">none</span>}
        </dd>
        {entries.map(([name, value]) => (
          <div key={name} className={classes.pair}>
            <dt>{titleOf(name)}</dt>
            <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
        <dt>Made</dt>
        <dd>
          <Ago at={connection.created_at} />
        </dd>
      </dl>
    </section>
  );
}

/** Why a test could not begin, and what to do: choose or create connections, mend the draft, or try again. */
import { Button, Select, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleX, IconPlugConnected } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { ApiProblem, explain } from "@/api/client";
import { useConnectors } from "@/api/queries";
import type { Connector } from "@/api/types";
import { useCan } from "@/app/tenant";
import { useDocument, useEditor } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import { placeOf } from "@/document/graph";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { type Binding, useBindings } from "./bindings";
import { useStartTrial } from "./start";
import { type Start, useTrialValue } from "./store";
import classes from "./trial.module.css";

const ConnectionDialog = lazy(() =>
  import("@/connections/ConnectionDialog").then((module) => ({ default: module.ConnectionDialog })),
);

interface Asked {
  /** What is done once it can be. */
  verb: string;
  onAgain: () => void;
}

/** A refused trial, begun again as it was. */
export function RefusedTrial({ error, start }: { error: unknown; start: Start }) {
  const again = useStartTrial();
  return <Refused error={error} verb="Go on with the test" onAgain={() => void again(start)} />;
}

export function Refused({ error, verb, onAgain }: Asked & { error: unknown }) {
  const problem = error instanceof ApiProblem ? error : null;
  if (problem?.code === "connections_needed")
    return <ConnectionsNeeded problem={problem} verb={verb} onAgain={onAgain} />;
  if (problem && problem.errors.length > 0) return <Problems problem={problem} />;
  const { title, detail, hint } = explain(error);
  return (
    <div className={classes.tight} role="alert" data-testid="trial-refused">
      <div className={classes.notice} data-tone="bad">
        <IconAlertTriangle size={16} aria-hidden />
        <div className={classes.noticeWords}>
          <strong>{detail || title}</strong>
          {hint && <p>{hint}</p>}
        </div>
      </div>
      <div>
        <Button variant="default" onClick={onAgain}>
          Try again
        </Button>
      </div>
    </div>
  );
}

function Problems({ problem }: { problem: ApiProblem }) {
  const { view } = useEditor();
  const document = useDocument();
  return (
    <div className={classes.tight} role="alert" data-testid="trial-refused">
      <p className={classes.text}>
        <strong>The draft cannot be carried yet.</strong> Choose a line to go to the place.
      </p>
      <ul className={classes.events}>
        {problem.errors.slice(0, 12).map((one) => {
          const { nodeId, field } = placeOf(document, one.pointer.replace(/^\/document/, ""));
          const node = document.nodes.find(({ id }) => id === nodeId);
          return (
            <li key={`${one.pointer}${one.message}`}>
              <UnstyledButton
                className={classes.event}
                onClick={() => nodeId && view.getState().focusField(nodeId, field)}
              >
                <span className={classes.row}>
                  <IconCircleX size={15} color="var(--bad)" aria-hidden />
                  <strong>{node ? titleOf(node) : "The flow"}</strong>
                </span>
                <span className={classes.small}>
                  {one.message} {one.hint}
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function ConnectionsNeeded({ problem, verb, onAgain }: Asked & { problem: ApiProblem }) {
  const { store } = useTrialValue();
  const document = useDocument();
  const connectors = useConnectors().data ?? [];
  const bindings = useBindings(document);
  const [connecting, setConnecting] = useState<Connector | null>(null);
  const named = problem.errors.map(({ pointer }) => pointer.split("/").pop() ?? "");
  const missing = bindings.filter(({ alias, fitting }) => named.includes(alias) || fitting.length === 0);
  const shown = missing.length > 0 ? missing : bindings;
  const isReady = shown.every(({ chosen }) => chosen);
  const submit = () => {
    const chosen = bindings.flatMap(({ alias, chosen: one }) => (one ? [[alias, one.id]] : []));
    store.setState({ connections: Object.fromEntries(chosen) });
    onAgain();
  };
  return (
    <div className={classes.stack} data-testid="connections-needed">
      <div className={classes.notice} data-tone="wait" role="alert">
        <IconPlugConnected size={16} aria-hidden />
        <div className={classes.noticeWords}>
          <strong>A connection in the sandbox is missing.</strong>
          <p>The systems of this flow are asked through connections of the sandbox. Choose or create them.</p>
        </div>
      </div>
      {shown.map((binding) => (
        <OneConnection
          key={binding.alias}
          binding={binding}
          connector={connectors.find(({ name }) => name === binding.connector)}
          onChoose={(id) =>
            store.setState(({ connections }) => ({ connections: { ...connections, [binding.alias]: id } }))
          }
          onCreate={setConnecting}
        />
      ))}
      <div>
        <Button disabled={!isReady} onClick={submit} data-testid="test-connected">
          {verb}
        </Button>
      </div>
      <Suspense fallback={null}>
        {connecting && (
          <ConnectionDialog
            connector={connecting}
            environment="sandbox"
            onClose={() => setConnecting(null)}
          />
        )}
      </Suspense>
    </div>
  );
}

function OneConnection(props: {
  binding: Binding;
  connector: Connector | undefined;
  onChoose: (id: string) => void;
  onCreate: (connector: Connector) => void;
}) {
  const { binding, connector } = props;
  const can = useCan();
  return (
    <div className={classes.row} style={{ flexWrap: "nowrap" }}>
      <ConnectorIcon name={connector?.title ?? binding.connector} url={connector?.icon_url} size={28} />
      {binding.fitting.length > 0 ? (
        <Select
          size="xs"
          style={{ flex: 1 }}
          aria-label={`Connection for ${connector?.title ?? binding.connector}`}
          data={binding.fitting.map(({ id, name, simulated }) => ({
            value: id,
            label: simulated ? `${name} (simulated)` : name,
          }))}
          value={binding.chosen?.id ?? null}
          onChange={(id) => id && props.onChoose(id)}
        />
      ) : (
        <>
          <span style={{ flex: 1 }}>{connector?.title ?? binding.connector}: none yet</span>
          {connector && can("manage_connections") ? (
            <Button variant="default" onClick={() => props.onCreate(connector)}>
              Connect it
            </Button>
          ) : (
            <span className="faint">Ask an administrator to connect it.</span>
          )}
        </>
      )}
    </div>
  );
}

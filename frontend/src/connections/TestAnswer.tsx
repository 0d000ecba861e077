/** What a test of a connection asked and what the system said, in words. */
import { Alert } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { ConnectionTest, Connector } from "@/api/types";
import { duration } from "@/ui/time";
import classes from "./connections.module.css";

function answered(status: number | null): string {
  if (status === null) return "no answer came";
  if (status < 300) return `answered well (${status})`;
  if (status === 401 || status === 403) return `refused the credential (${status})`;
  if (status === 429) return "asked to wait (429)";
  return status < 500 ? `refused the request (${status})` : `failed itself (${status})`;
}

export function TestAnswer(props: { test: ConnectionTest; connector?: Connector; title: string }) {
  const { test, connector } = props;
  const { asked } = test;
  const operation = connector?.operations.find(({ name }) => name === asked?.operation);
  return (
    <Alert
      color={test.ok ? "teal" : "orange"}
      icon={test.ok ? <IconCircleCheck size={18} /> : <IconAlertTriangle size={18} />}
      title={props.title}
      role="status"
      data-testid="connection-tested"
    >
      <div>
        {test.message}
        {test.account && ` Signed in as ${test.account}.`}
      </div>
      {test.error?.hint && <div>{test.error.hint}</div>}
      {asked && (
        <div className={classes.asked} data-testid="test-asked">
          Asked: “{operation?.title ?? asked.operation}”. {connector?.title ?? "The system"}{" "}
          {answered(asked.status)}
          {asked.duration_ms !== null && ` after ${duration(asked.duration_ms)}`}.
          <code className="mono">
            {asked.method} {asked.url}
          </code>
        </div>
      )}
    </Alert>
  );
}

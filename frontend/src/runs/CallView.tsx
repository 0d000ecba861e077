/** One call to another system: each exchange with its request and response, secrets already masked by the server. */
import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import type { CallRecord, ErrorDict, Exchange } from "@/api/types";
import { JsonView } from "@/ui/JsonView";
import { Tag } from "@/ui/status";
import { duration } from "@/ui/time";
import classes from "./run.module.css";

export function CallView({ call }: { call: { record: CallRecord; error: ErrorDict | null } }) {
  const { record } = call;
  const exchanges = record.exchanges ?? [];
  return (
    <div>
      {(record.reused || record.found) && (
        <p style={{ margin: "0 0 6px" }}>
          {record.reused && <Tag tone="good">answer of an earlier try, no request sent</Tag>}{" "}
          {record.found && <Tag tone="good">found in the other system</Tag>}
        </p>
      )}
      {exchanges.map((exchange, at) => (
        <ExchangeView key={at} exchange={exchange} />
      ))}
      {exchanges.length === 0 && !record.reused && <span className="faint">No request was sent.</span>}
    </div>
  );
}

function ExchangeView({ exchange }: { exchange: Exchange }) {
  const [opened, setOpened] = useState(false);
  const status = exchange.status;
  const tone =
    status === null || status === undefined
      ? "doubt"
      : status < 300
        ? "good"
        : status === 429
          ? "wait"
          : "bad";
  return (
    <div className={classes.call}>
      <UnstyledButton className={classes.callHead} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <IconChevronRight
          size={14}
          style={{ transform: opened ? "rotate(90deg)" : undefined, flex: "none" }}
          aria-hidden
        />
        <span className={classes.method}>{exchange.method}</span>
        <span className={`${classes.url} truncate`} style={{ flex: 1 }} title={exchange.url}>
          {pathOf(exchange.url)}
        </span>
        <Tag tone={tone}>{status ?? "no answer"}</Tag>
        <span className="faint tabular">{duration(exchange.duration_ms)}</span>
      </UnstyledButton>
      {opened && (
        <div className={classes.callBody}>
          <span className={classes.url}>{exchange.url}</span>
          <h4>Request</h4>
          {hasContent(exchange.request_body) && (
            <JsonView value={parsed(exchange.request_body)} label="Request body" maxHeight={260} />
          )}
          {exchange.request_headers && (
            <JsonView value={exchange.request_headers} label="Request headers" depth={0} />
          )}
          <h4>Response</h4>
          {hasContent(exchange.response_body) ? (
            <JsonView value={parsed(exchange.response_body)} label="Response body" maxHeight={300} />
          ) : (
            <span className="faint">{status ? "No body." : "No answer came."}</span>
          )}
          {exchange.response_headers && (
            <JsonView value={exchange.response_headers} label="Response headers" depth={0} />
          )}
        </div>
      )}
    </div>
  );
}

function hasContent(body: unknown): boolean {
  return body !== null && body !== undefined && body !== "";
}

/** Bodies that are JSON text are shown as JSON. */
function parsed(body: unknown): unknown {
  if (typeof body !== "string") return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function pathOf(url: string): string {
  try {
    const { host, pathname, search } = new URL(url);
    return `${host}${pathname}${search}`;
  } catch {
    return url;
  }
}

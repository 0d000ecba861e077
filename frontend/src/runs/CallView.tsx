/** One call to another system: each exchange with its request and response, secrets already masked by the server. */
import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { CallRecord, ErrorDict, Exchange } from "@/api/types";
import { JsonView } from "@/ui/JsonView";
import { Tag } from "@/ui/status";
import { duration } from "@/ui/time";
import { BodyView } from "./bodies";
import { ADDRESS, type Key, type Place } from "./places";
import { RunData } from "./RunData";
import classes from "./run.module.css";
import { isBig } from "./useFacts";

interface Asking {
  /** The field that was asked about. */
  field?: Place | null;
  /** Left out where nobody answers where a value comes from. */
  onAsk?: (path: Key[], exchange: number) => void;
}

export function CallView(
  props: Asking & { call: { record: CallRecord; error: ErrorDict | null }; first?: number },
) {
  const { record } = props.call;
  if (isBig(record)) return <RunData value={record} label="Call" />;
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
        <ExchangeView
          key={at}
          exchange={exchange}
          at={(props.first ?? 0) + at}
          field={props.field}
          onAsk={props.onAsk}
        />
      ))}
      {exchanges.length === 0 && !record.reused && <span className="faint">No request was sent.</span>}
    </div>
  );
}

function toneOf(status: number | null | undefined) {
  if (status === null || status === undefined) return "doubt";
  if (status < 300) return "good";
  return status === 429 ? "wait" : "bad";
}

function ExchangeView({ exchange, at, field, onAsk }: Asking & { exchange: Exchange; at: number }) {
  const picked = field?.side === "request" && field.exchange === at ? field.path : null;
  const [opened, setOpened] = useState(picked !== null);
  useEffect(() => {
    if (picked) setOpened(true);
  }, [picked]);
  const status = exchange.status;
  return (
    <div className={classes.call} data-testid={`exchange-${at}`}>
      <UnstyledButton className={classes.callHead} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <IconChevronRight
          size={14}
          style={{ transform: opened ? "rotate(90deg)" : undefined, flex: "none" }}
          aria-hidden
        />
        <span className={classes.method}>{exchange.method}</span>
        <span className={`${classes.url} truncate`} style={{ flex: 1 }} title={exchange.url}>
          <AddressWords url={exchange.url} />
        </span>
        <Tag tone={toneOf(status)}>{status ?? "no answer"}</Tag>
        <span className="faint tabular">{duration(exchange.duration_ms)}</span>
      </UnstyledButton>
      {opened && (
        <div className={classes.callBody}>
          {onAsk ? (
            <button
              type="button"
              className={classes.address}
              title="Where does the address come from?"
              onClick={() => onAsk([ADDRESS], at)}
            >
              {exchange.url}
            </button>
          ) : (
            <span className="mono">{exchange.url}</span>
          )}
          {exchange.error && <Tag tone="bad">{exchange.error}</Tag>}
          {hasContent(exchange.request_body) && (
            <BodyView
              body={exchange.request_body}
              label="Request"
              maxHeight={320}
              picked={picked}
              onPick={onAsk && ((path) => onAsk(path, at))}
            />
          )}
          {exchange.request_headers && (
            <JsonView value={exchange.request_headers} label="Request headers" depth={0} />
          )}
          {hasContent(exchange.response_body) ? (
            <BodyView body={exchange.response_body} label="Response" maxHeight={320} />
          ) : (
            <span className="faint">{status ? "The answer had no body." : "No answer came."}</span>
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

/** What tells requests apart: the last part of the path first, then what it belongs to. */
function AddressWords({ url }: { url: string }) {
  const { name, rest } = addressParts(url);
  return (
    <>
      <span className={classes.addressName}>{name}</span> <span className="faint">{rest}</span>
    </>
  );
}

function addressParts(url: string): { name: string; rest: string } {
  try {
    const { pathname, search } = new URL(url);
    const parts = pathname.split("/").filter(Boolean);
    const question = decodeURIComponent(search.replace(/\+/g, " "));
    return { name: parts.at(-1) ?? "/", rest: `${parts.slice(-2, -1).join("/")} ${question}` };
  } catch {
    return { name: url, rest: "" };
  }
}

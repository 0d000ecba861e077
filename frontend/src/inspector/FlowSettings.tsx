/** What belongs to the whole flow: the business key, the lane, the time limit, and the systems it uses. */
import { ActionIcon, NumberInput, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useDocument, useEditor, useRunCommand } from "@/canvas/editor";
import type { Params, Value } from "@/document/types";
import { LiveValues } from "@/preview/live";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import fields from "./fields.module.css";
import classes from "./inspector.module.css";
import { Labelled } from "./Labelled";
import { ValueField } from "./ValueField";

const KEYS = [
  {
    name: "business_key",
    label: "Business key",
    description:
      "What people call one of these: an order or charge number. Runs are found by it, and effects are made once per key.",
  },
  {
    name: "lane",
    label: "Lane",
    description: "Events with the same lane are carried one after another, in order.",
  },
  {
    name: "dedupe_key",
    label: "Duplicate key",
    description: "Two events with the same key are one. Usually the sender's own event id is enough.",
  },
];
const SUMMARY = {
  name: "summary",
  label: "Summary",
  description: "What a run came to, in a sentence for the list of runs. It may read every step.",
};

export function FlowSettings() {
  const { connectors, editable, problems } = useEditor();
  const document = useDocument();
  const run = useRunCommand();
  const settings = document.settings ?? {};
  const trigger = document.nodes.find(({ kind }) => kind === "trigger");
  function put(name: string, value: Value | undefined) {
    const next: Params = { ...settings, [name]: value as Value };
    if (value === undefined) delete next[name];
    const isEmpty = Object.keys(next).length === 0;
    run(
      { type: "set", key: "settings", value: isEmpty ? undefined : next },
      "edit settings",
      `settings:${name}`,
    );
  }
  const problemAt = (pointer: string) =>
    problems.find((problem) => problem.pointer === pointer)?.message ?? null;
  const last = document.nodes.findLast(
    ({ id, parent }) => !parent && !document.edges.some(({ from }) => from === id),
  );
  const field = ({ name, label, description }: typeof SUMMARY, place: string) => (
    <ValueField
      key={name}
      nodeId={place}
      path={`settings/${name}`}
      label={label}
      schema={{ type: "string", description }}
      value={settings[name]}
      problem={problemAt(`/settings/${name}`)}
      onChange={(value) => put(name, value)}
    />
  );
  const used = new Set(document.nodes.map((node) => node.params.connection));
  return (
    <fieldset className={classes.body} disabled={!editable}>
      <legend className="visually-hidden">Settings of the flow</legend>
      <h2 className={classes.heading}>Flow</h2>
      <p className={classes.lead}>Choose a step on the canvas to see its form.</p>
      <LiveValues nodeId={trigger?.id ?? ""}>
        <div className={fields.form}>
          {KEYS.map((key) => field(key, trigger?.id ?? ""))}
          <Labelled
            label="Time limit"
            description="A run that takes longer is ended as failed."
            problem={problemAt("/settings/timeout_seconds")}
          >
            <NumberInput
              aria-label="Time limit in seconds"
              suffix=" s"
              min={1}
              placeholder="none"
              value={typeof settings.timeout_seconds === "number" ? settings.timeout_seconds : ""}
              onChange={(value) => put("timeout_seconds", typeof value === "number" ? value : undefined)}
            />
          </Labelled>
        </div>
      </LiveValues>
      <LiveValues nodeId={last?.id ?? ""}>
        <div className={classes.summary}>{field(SUMMARY, last?.id ?? "")}</div>
      </LiveValues>
      <h3 className={classes.section}>Systems in this flow</h3>
      {Object.entries(document.connections).map(([alias, { connector }]) => {
        const known = connectors.find(({ name }) => name === connector);
        return (
          <div key={alias} className={classes.aliasRow}>
            <ConnectorIcon name={known?.title ?? connector} url={known?.icon_url} size={24} />
            <span className="truncate">
              {known?.title ?? connector} <span className="faint mono">{alias}</span>
            </span>
            {!used.has(alias) && editable && (
              <Tooltip label="Not used by any step: remove">
                <ActionIcon
                  size="sm"
                  aria-label={`Remove ${alias}`}
                  onClick={() => {
                    const { [alias]: _, ...rest } = document.connections;
                    run({ type: "set", key: "connections", value: rest }, "remove system");
                  }}
                >
                  <IconX size={13} />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
        );
      })}
      {Object.keys(document.connections).length === 0 && (
        <p className="faint">
          None yet. They appear when you add a step that calls one; which connection it uses is chosen when
          you deploy.
        </p>
      )}
    </fieldset>
  );
}

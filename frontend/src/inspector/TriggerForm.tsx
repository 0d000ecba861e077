/** The trigger's form: how a run starts, and what that way of starting needs. */
import { SegmentedControl, Select } from "@mantine/core";
import { useChangeNode, useDocument, useEditor, useRunCommand } from "@/canvas/editor";
import { connectorOf } from "@/canvas/kinds";
import { aliasFor } from "@/document/edits";
import type { FlowNode, Params } from "@/document/types";
import { JsonView } from "@/ui/JsonView";
import classes from "./fields.module.css";
import { useProblemAt } from "./Inspector";
import { Labelled } from "./Labelled";
import { SchemaForm } from "./SchemaForm";

const TYPES = [
  { value: "webhook", label: "Webhook" },
  { value: "schedule", label: "Schedule" },
  { value: "poll", label: "Poll" },
  { value: "manual", label: "By hand" },
];
const FIELDS: Record<string, string[]> = {
  webhook: [],
  schedule: ["cron", "time_zone"],
  poll: ["operation", "input", "every_seconds", "items", "event_id"],
  manual: [],
};

export function TriggerForm({ node }: { node: FlowNode }) {
  const { connectors, kinds } = useEditor();
  const document = useDocument();
  const change = useChangeNode(node.id);
  const run = useRunCommand();
  const problemAt = useProblemAt(node);
  const { params } = node;
  const type = String(params.type ?? "manual");
  const connector = connectorOf(document, node, connectors);
  const schema = kinds.items.find(({ kind }) => kind === "trigger")?.params_schema ?? {};
  const wanted = FIELDS[type] ?? [];
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => wanted.includes(name)),
  );
  const write = (next: Params, field: string) =>
    change((old) => ({ ...old, params: next }), "edit trigger", field);
  const events = (connector?.triggers ?? []).flatMap((trigger) => trigger.events);
  const spec = events.find(({ name }) => name === params.event);

  function chooseType(next: string) {
    const kept: Params = { type: next };
    for (const name of ["connection", ...(FIELDS[next] ?? [])]) {
      if (params[name] !== undefined && next !== "manual" && next !== "schedule") kept[name] = params[name];
    }
    write(kept, "type");
  }

  function chooseConnector(name: string | null) {
    if (!name) return write({ type }, "connection");
    const { alias, command } = aliasFor(document, name);
    const next: FlowNode = { ...node, params: { type, connection: alias } };
    const commands = [
      ...(command ? [command] : []),
      { type: "replace_node" as const, id: node.id, node: next },
    ];
    run({ type: "batch", commands }, "choose system");
  }

  const systems = connectors.filter((candidate) => type === "poll" || candidate.triggers.length > 0);
  return (
    <div className={classes.form}>
      <Labelled label="Starts by" path="type">
        <SegmentedControl
          size="xs"
          fullWidth
          data={TYPES}
          value={type}
          onChange={chooseType}
          aria-label="Starts by"
        />
      </Labelled>
      {(type === "webhook" || type === "poll") && (
        <Labelled
          label="System"
          path="connection"
          description={
            type === "webhook" ? "Leave empty for an address that any system may call." : undefined
          }
          problem={problemAt("params/connection")}
        >
          <Select
            aria-label="System"
            clearable
            data={systems.map(({ name, title }) => ({ value: name, label: title }))}
            value={connector?.name ?? null}
            placeholder="any system"
            onChange={chooseConnector}
          />
        </Labelled>
      )}
      {type === "webhook" && connector && (
        <Labelled
          label="Event"
          path="event"
          required
          problem={problemAt("params/event")}
          description={spec?.description}
        >
          <Select
            aria-label="Event"
            searchable
            data={events.map(({ name, title }) => ({ value: name, label: `${title}  (${name})` }))}
            value={typeof params.event === "string" ? params.event : null}
            placeholder="choose an event"
            onChange={(event) => write({ ...params, event: event ?? "" }, "event")}
          />
        </Labelled>
      )}
      {wanted.length > 0 && (
        <SchemaForm
          nodeId={node.id}
          path=""
          schema={{ ...schema, properties, required: type === "schedule" ? ["cron"] : ["operation"] }}
          value={params}
          problemAt={(path) => problemAt(`params/${path}`)}
          onChange={write}
        />
      )}
      {spec?.sample !== undefined && (
        <Labelled label="Sample event">
          <JsonView value={spec.sample} label="Sample event" depth={3} maxHeight={320} />
        </Labelled>
      )}
    </div>
  );
}

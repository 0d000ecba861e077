/** The trigger's form: how a run starts, and what that way of starting needs. */
import { MultiSelect, SegmentedControl, Select } from "@mantine/core";
import { useChangeNode, useDocument, useEditor, useRunCommand } from "@/canvas/editor";
import { connectorOf } from "@/canvas/kinds";
import { aliasFor } from "@/document/edits";
import { eventsOf } from "@/document/scope";
import type { FlowNode, Params } from "@/document/types";
import { JsonView } from "@/ui/JsonView";
import classes from "./fields.module.css";
import { useProblemAt } from "./Inspector";
import { Labelled } from "./Labelled";
import { ScheduleForm } from "./ScheduleForm";
import { SchemaForm } from "./SchemaForm";

const TITLES: Record<string, string> = {
  webhook: "Webhook",
  schedule: "Schedule",
  poll: "Poll",
  manual: "By hand",
};
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
  const types = schema.properties?.type?.enum ?? Object.keys(TITLES);
  const wanted = FIELDS[type] ?? [];
  const chosen = eventsOf(node);
  const properties = Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => wanted.includes(name)),
  );
  const write = (next: Params, field: string) =>
    change((old) => ({ ...old, params: next }), "edit trigger", field);
  const events = (connector?.triggers ?? []).flatMap((trigger) => trigger.events);
  const spec = events.find(({ name }) => name === chosen[0]);

  function chooseType(next: string) {
    const kept: Params = { type: next };
    for (const name of ["connection", ...(FIELDS[next] ?? [])]) {
      if (params[name] !== undefined && next !== "manual" && next !== "schedule") kept[name] = params[name];
    }
    write(kept, "type");
  }

  function chooseEvents(names: string[]) {
    const { event: _, ...rest } = params;
    const only = names.length === 1 ? names[0] : undefined;
    write(names.length === 0 ? rest : { ...rest, event: only ?? names }, "event");
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
          data={types.map((name) => ({ value: String(name), label: TITLES[String(name)] ?? String(name) }))}
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
          label="Events"
          path="event"
          problem={problemAt("params/event")}
          description={spec?.description ?? "Without any, every event of the system starts a run."}
        >
          <MultiSelect
            aria-label="Events"
            searchable
            data={events.map(({ name, title }) => ({ value: name, label: title }))}
            value={chosen}
            placeholder={chosen.length === 0 ? "any event" : undefined}
            onChange={chooseEvents}
          />
        </Labelled>
      )}
      {type === "schedule" && <ScheduleForm params={params} problemAt={problemAt} onChange={write} />}
      {type === "poll" && (
        <SchemaForm
          nodeId={node.id}
          path=""
          schema={{ ...schema, properties, required: ["operation"] }}
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

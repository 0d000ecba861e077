/** Everything that can be put on the canvas, as one searchable list; and how an entry becomes a node. Pure. */
import type { Connector, NodeKinds } from "@/api/types";
import type { Command } from "@/document/commands";
import { aliasFor, freeId } from "@/document/edits";
import type { FlowDocument, FlowNode, Params } from "@/document/types";

export interface Entry {
  id: string;
  group: string;
  title: string;
  description: string;
  kind: string;
  connector: Connector | null;
  params: Params;
  name: string;
  effect?: string;
}

export const TRIGGERS = "Triggers";
export const LOGIC = "Logic";

export function catalogueOf(kinds: NodeKinds, connectors: Connector[]): Entry[] {
  const logic: Entry[] = kinds.items
    .filter(({ kind }) => kind !== "trigger" && kind !== "call")
    .map((kind) => ({
      id: `kind:${kind.kind}`,
      group: LOGIC,
      title: kind.title,
      description: kind.description,
      kind: kind.kind,
      connector: null,
      params: STARTING[kind.kind] ?? {},
      name: kind.title,
    }));
  const own: Entry[] = [
    trigger("manual", "By hand", "A person or another program starts it."),
    trigger("webhook", "Webhook", "Any system calls an address of its own."),
    trigger("schedule", "Schedule", "At set times.", { cron: "0 7 * * 1-5" }),
  ];
  const events = connectors.flatMap((connector) =>
    connector.triggers.flatMap((spec) =>
      spec.events.map((event) => ({
        id: `event:${connector.name}:${event.name}`,
        group: TRIGGERS,
        title: event.title,
        description: event.description ?? connector.title,
        kind: "trigger",
        connector,
        params: { type: spec.type, event: event.name },
        name: event.title,
      })),
    ),
  );
  const operations = connectors.flatMap((connector) =>
    connector.operations.map((operation) => ({
      id: `operation:${connector.name}:${operation.name}`,
      group: connector.title,
      title: operation.title,
      description: operation.description ?? "",
      kind: "call",
      connector,
      params: { operation: operation.name, input: {} },
      name: operation.title,
      effect: operation.effect,
    })),
  );
  return [...own, ...events, ...logic, ...operations];
}

function trigger(type: string, title: string, description: string, more: Params = {}): Entry {
  const params = { type, ...more };
  return {
    id: `trigger:${type}`,
    group: TRIGGERS,
    title,
    description,
    kind: "trigger",
    connector: null,
    params,
    name: title,
  };
}

const STARTING: Record<string, Params> = {
  map: { rules: [] },
  condition: { branches: [{ port: "yes", when: "" }], otherwise: "no" },
  lookup: { table: "", key: "" },
  for_each: { items: "" },
  validate: { schema: { type: "object", required: [] } },
  respond: { status: 200, body: { ok: true } },
  fail: { message: "" },
};

/** Entries that hold every word of the text, the best first. */
export function search(entries: Entry[], text: string): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  const scored = entries.flatMap((entry) => {
    const title = entry.title.toLowerCase();
    const all =
      `${title} ${entry.description} ${entry.connector?.title ?? ""} ${entry.group} ${entry.id}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return [];
    const first = words[0] ?? "";
    const score = title.startsWith(first) ? 0 : title.includes(first) ? 1 : 2;
    return [{ entry, score }];
  });
  return scored.sort((a, b) => a.score - b.score).map(({ entry }) => entry);
}

/** Groups as they are wanted: triggers first while there is none, then logic, then the systems in use. */
export function grouped(entries: Entry[], document: FlowDocument): { group: string; entries: Entry[] }[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  const hasTrigger = document.nodes.some(({ kind }) => kind === "trigger");
  const used = new Set(Object.values(document.connections).map(({ connector }) => connector));
  const order = (group: string) => {
    if (group === TRIGGERS) return hasTrigger ? 4 : 0;
    if (group === LOGIC) return 1;
    return groups.get(group)?.some(({ connector }) => connector && used.has(connector.name)) ? 2 : 3;
  };
  return [...groups]
    .map(([group, members]) => ({ group, entries: members }))
    .sort((a, b) => order(a.group) - order(b.group));
}

/** The node for an entry, and the command that makes its connection known to the document when it is new. */
export function nodeFrom(document: FlowDocument, entry: Entry): { node: FlowNode; before: Command | null } {
  const { alias, command } = entry.connector
    ? aliasFor(document, entry.connector.name)
    : { alias: null, command: null };
  const params: Params = { ...structuredClone(entry.params), ...(alias ? { connection: alias } : {}) };
  const node: FlowNode = { id: freeId(document, entry.name), kind: entry.kind, title: entry.title, params };
  return { node, before: command };
}

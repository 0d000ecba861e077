/** What an expression of a step may read, as a tree with types and sample values: trigger, earlier steps, item, env.
 *  Merged from the connectors' schemas, the flow's samples and the document itself; pure. */
import type { JsonSchema } from "@/api/types";
import { nodeOf, upstream } from "./graph";
import type { FlowDocument, FlowNode, Rule, Value } from "./types";

export interface Field {
  path: string;
  label: string;
  type: string;
  description?: string;
  /** What the schema says about it: its name for people, its explanation, its format. */
  title?: string;
  about?: string;
  format?: string;
  sample?: Value;
  /** How the field is known: by the system's schema, by a sample that has it, or by the flow itself. */
  origin?: "schema" | "sample" | "flow";
  children: Field[];
}

/** Values of samples: of steps by id, and what the step looked at has around it. */
export interface Samples {
  trigger?: Value;
  steps?: { [step: string]: Value };
  item?: Value;
  index?: number;
}

/** What the connectors know about the shapes of data. */
export interface Knowledge {
  event: (connector: string, event: string) => { schema?: JsonSchema; sample?: unknown } | undefined;
  operation: (
    connector: string,
    operation: string,
  ) => { output?: JsonSchema; sample?: { output?: unknown } | null } | undefined;
}

const DEPTH = 7;

export function scopeOf(
  document: FlowDocument,
  nodeId: string,
  knowledge: Knowledge,
  samples: Samples = {},
): Field[] {
  const fields: Field[] = [];
  const node = nodeOf(document, nodeId);
  const known = { document, knowledge, samples };
  if (node?.parent) fields.push(...loopFields(known, node.parent));
  for (const id of upstream(document, nodeId)) {
    const source = nodeOf(document, id);
    if (source && source.kind !== "trigger" && source.kind !== "fail") fields.push(outputOf(known, source));
  }
  fields.push(triggerField(known));
  fields.push({ path: "env", label: "Environment variables", type: "object", children: [] });
  return fields;
}

interface Known {
  document: FlowDocument;
  knowledge: Knowledge;
  samples: Samples;
}

function triggerField({ document, knowledge, samples }: Known): Field {
  const trigger = document.nodes.find((node) => node.kind === "trigger");
  const events = trigger ? eventsOf(trigger) : [];
  const connector = trigger
    ? document.connections[String(trigger.params.connection ?? "")]?.connector
    : undefined;
  const spec = connector && events[0] ? knowledge.event(connector, events[0]) : undefined;
  const seen = (isObject(samples.trigger) ? samples.trigger : {}) as { [key: string]: Value };
  const stored = seen.body ?? (trigger && samples.steps?.[trigger.id]);
  const sample = stored ?? (spec?.sample as Value | undefined) ?? scheduled(trigger);
  const body = fieldOf("trigger.body", "body", spec?.schema, sample, 0);
  const outer = (name: string, type: string, description: string): Field => ({
    ...fieldOf(`trigger.${name}`, name, { type, description }, seen[name], 0),
    origin: "flow",
  });
  return {
    path: "trigger",
    label: trigger?.title ?? "Trigger",
    type: "object",
    children: [
      { ...body, description: "What arrived." },
      outer("headers", "object", "The headers it came with."),
      outer("query", "object", "What stood behind the address."),
      outer("received_at", "string", "When it arrived."),
    ],
  };
}

function scheduled(trigger: FlowNode | undefined): Value | undefined {
  return trigger?.params.type === "schedule" ? { scheduled_for: "2026-11-20T06:30:00Z" } : undefined;
}

export function eventsOf(trigger: FlowNode): string[] {
  const { event } = trigger.params;
  if (Array.isArray(event)) return event.map(String);
  return typeof event === "string" && event ? [event] : [];
}

/** What a step leaves: the schema of its operation, what its kind says of itself, and its sample, in one tree. */
function outputOf(known: Known, node: FlowNode): Field {
  const { document, knowledge, samples } = known;
  const path = `steps.${node.id}`;
  const label = node.title ?? node.id;
  const sample = samples.steps?.[node.id];
  if (node.kind === "call") {
    const connector = document.connections[String(node.params.connection ?? "")]?.connector ?? "";
    const spec = knowledge.operation(connector, String(node.params.operation ?? ""));
    return fieldOf(path, label, spec?.output, sample ?? (spec?.sample?.output as Value | undefined), 0);
  }
  const field = fieldOf(path, label, schemaOf(node), sample, 0);
  if (node.kind === "map") {
    const rules = Array.isArray(node.params.rules) ? (node.params.rules as unknown as Rule[]) : [];
    return { ...field, type: "object", children: merged(targetsAsFields(path, rules), field.children) };
  }
  if (node.kind === "for_each") {
    const items = field.children.find((child) => child.label === "items");
    if (items) items.children = merged(kept(known, node, `${path}.items[]`), items.children);
  }
  if (node.kind === "validate") {
    const read = found(known, node, node.params.value ?? "{{ trigger.body }}");
    if (read) return { ...rebase(read, read.path, path), label };
  }
  return field;
}

/** What the kinds without an outside system say of what they leave. */
function schemaOf(node: FlowNode): JsonSchema {
  const object = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: "object", properties });
  if (node.kind === "condition")
    return object({ port: { type: "string", title: "Way out", description: "The way that was chosen." } });
  if (node.kind === "respond")
    return object({
      status: { type: "integer", description: "The status that was answered." },
      body: { description: "The body that was answered." },
    });
  if (node.kind === "for_each")
    return object({
      items: { type: "array", description: "What was kept of each item, in their order." },
      count: { type: "integer", description: "How many items there were." },
      failed: { type: "integer", description: "How many of them failed." },
    });
  return {};
}

/** The fields of what a for-each keeps of each item: of `collect`, else of its last step. */
function kept(known: Known, loop: FlowNode, path: string): Field[] {
  const inside = known.document.nodes.filter(({ parent }) => parent === loop.id);
  const last =
    inside.find(({ id }) => !known.document.edges.some(({ from }) => from === id)) ?? inside.at(-1);
  if (!last) return [];
  const scope = [outputOf(known, last), ...scopeOf(known.document, last.id, known.knowledge, known.samples)];
  const chosen = typeof loop.params.collect === "string" ? find(scope, bare(loop.params.collect)) : scope[0];
  return chosen ? chosen.children.map((child) => rebase(child, chosen.path, path)) : [];
}

function found(known: Known, node: FlowNode, text: Value): Field | undefined {
  const fields = scopeOf(known.document, node.id, known.knowledge, known.samples);
  return typeof text === "string" ? find(fields, bare(text)) : undefined;
}

const bare = (text: string) => text.replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, "");

/** Two lists of fields as one: the first says what they are, the second adds samples and what only it has. */
function merged(first: Field[], second: Field[]): Field[] {
  const rest = new Map(second.map((field) => [field.path, field]));
  const both = first.map((field) => {
    const other = rest.get(field.path);
    rest.delete(field.path);
    if (!other) return field;
    const type = field.type === "any" ? other.type : field.type;
    const sample = field.sample ?? other.sample;
    return { ...other, ...field, type, sample, children: merged(field.children, other.children) };
  });
  return [...both, ...rest.values()];
}

function targetsAsFields(base: string, rules: Rule[]): Field[] {
  const roots: Field[] = [];
  for (const rule of rules) {
    let level = roots;
    let path = base;
    for (const part of String(rule.target ?? "")
      .split(".")
      .filter(Boolean)) {
      const label = part.replace(/\[\d*\]/g, "");
      let field = level.find((candidate) => candidate.label === label);
      if (!field) {
        const type = part.endsWith("]") ? "array" : "any";
        field = { path: `${path}.${label}`, label, type, origin: "flow", children: [] };
        level.push(field);
      }
      path = `${path}.${part}`;
      level = field.children;
    }
  }
  return roots;
}

function loopFields(known: Known, parent: string): Field[] {
  const loop = nodeOf(known.document, parent);
  const list = loop ? found(known, loop, loop.params.items ?? "") : undefined;
  const inner = list?.children.map((child) => rebase(child, `${list.path}[]`, "item")) ?? [];
  const seen = known.samples.item ?? (Array.isArray(list?.sample) ? list.sample[0] : undefined);
  const item = fieldOf("item", "Item", { type: inner.length > 0 ? "object" : undefined }, seen, 0);
  const children = merged(inner, item.children);
  return [
    { ...item, description: "The item that is looked at.", children },
    {
      path: "index",
      label: "Index",
      type: "integer",
      description: "Its place in the list, counted from 0.",
      sample: known.samples.index ?? 0,
      children: [],
    },
  ];
}

function rebase(field: Field, from: string, to: string): Field {
  const path = field.path.startsWith(from) ? to + field.path.slice(from.length) : field.path;
  return { ...field, path, children: field.children.map((child) => rebase(child, from, to)) };
}

export function find(fields: Field[], path: string): Field | undefined {
  for (const field of fields) {
    if (field.path === path) return field;
    const inner = path.startsWith(field.path) ? find(field.children, path) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

export function typeName(schema: JsonSchema | undefined, sample: Value | undefined): string {
  const declared = Array.isArray(schema?.type) ? schema.type.find((type) => type !== "null") : schema?.type;
  if (declared) return declared;
  if (sample === undefined) return "any";
  if (sample === null) return "null";
  return Array.isArray(sample) ? "array" : typeof sample;
}

function fieldOf(
  path: string,
  label: string,
  schema: JsonSchema | undefined,
  sample: Value | undefined,
  depth: number,
): Field {
  const type = typeName(schema, sample);
  const isDeclared = schema !== undefined && Object.keys(schema).length > 0;
  const origin = isDeclared ? "schema" : sample === undefined ? undefined : "sample";
  const field: Field = { path, label, type, sample, origin, children: [] };
  const words = [schema?.title, schema?.description].filter((text) => text && text !== label);
  if (words.length > 0) field.description = words.join(". ").replace("..", ".");
  if (schema?.title) field.title = schema.title;
  if (schema?.description) field.about = schema.description;
  if (schema?.format) field.format = schema.format;
  if (depth >= DEPTH) return field;
  if (type === "object") {
    const values = isObject(sample) ? sample : {};
    const names = new Set([...Object.keys(schema?.properties ?? {}), ...Object.keys(values)]);
    field.children = [...names].map((name) =>
      fieldOf(`${path}.${name}`, name, schema?.properties?.[name], values[name], depth + 1),
    );
  } else if (type === "array") {
    const first = Array.isArray(sample) ? sample[0] : undefined;
    const inner = fieldOf(`${path}[]`, "each", schema?.items, first, depth + 1);
    field.children = inner.children;
  }
  return field;
}

function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What an expression of a step may read, as a tree with types and sample values: trigger, earlier steps, item, env.
 *  Built from the connectors' schemas and the document itself; pure. */
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
  children: Field[];
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

export function scopeOf(document: FlowDocument, nodeId: string, knowledge: Knowledge): Field[] {
  const fields: Field[] = [];
  const node = nodeOf(document, nodeId);
  if (node?.parent) fields.push(...loopFields(document, node.parent, knowledge));
  for (const id of upstream(document, nodeId)) {
    const source = nodeOf(document, id);
    if (source && source.kind !== "trigger") fields.push(outputOf(document, source, knowledge));
  }
  fields.push(triggerField(document, knowledge));
  fields.push({ path: "env", label: "Environment variables", type: "object", children: [] });
  return fields;
}

function triggerField(document: FlowDocument, knowledge: Knowledge): Field {
  const trigger = document.nodes.find((node) => node.kind === "trigger");
  const events = trigger ? eventsOf(trigger) : [];
  const connector = trigger
    ? document.connections[String(trigger.params.connection ?? "")]?.connector
    : undefined;
  const spec = connector && events[0] ? knowledge.event(connector, events[0]) : undefined;
  const body = fieldOf("trigger.body", "body", spec?.schema, spec?.sample as Value | undefined, 0);
  const text = (name: string): Field => ({
    path: `trigger.${name}`,
    label: name,
    type: "string",
    children: [],
  });
  const label = trigger?.title ?? "Trigger";
  const children = [
    body,
    { ...text("headers"), type: "object" },
    { ...text("query"), type: "object" },
    text("received_at"),
  ];
  return { path: "trigger", label, type: "object", children };
}

export function eventsOf(trigger: FlowNode): string[] {
  const { event } = trigger.params;
  if (Array.isArray(event)) return event.map(String);
  return typeof event === "string" && event ? [event] : [];
}

function outputOf(document: FlowDocument, node: FlowNode, knowledge: Knowledge): Field {
  const path = `steps.${node.id}`;
  const label = node.title ?? node.id;
  if (node.kind === "call") {
    const connector = document.connections[String(node.params.connection ?? "")]?.connector ?? "";
    const spec = knowledge.operation(connector, String(node.params.operation ?? ""));
    return fieldOf(path, label, spec?.output, spec?.sample?.output as Value | undefined, 0);
  }
  if (node.kind === "map") {
    const rules = Array.isArray(node.params.rules) ? (node.params.rules as unknown as Rule[]) : [];
    return { path, label, type: "object", children: targetsAsFields(path, rules) };
  }
  return { path, label, type: node.kind === "for_each" ? "array" : "any", children: [] };
}

function targetsAsFields(base: string, rules: Rule[]): Field[] {
  const roots: Field[] = [];
  for (const rule of rules) {
    let level = roots;
    let path = base;
    for (const part of String(rule.target ?? "")
      .split(".")
      .filter(Boolean)) {
      path = `${path}.${part}`;
      let field = level.find((candidate) => candidate.label === part);
      if (!field) {
        field = { path, label: part, type: part.endsWith("[]") ? "array" : "any", children: [] };
        level.push(field);
      }
      level = field.children;
    }
  }
  return roots;
}

function loopFields(document: FlowDocument, parent: string, knowledge: Knowledge): Field[] {
  const loop = nodeOf(document, parent);
  const source = String(loop?.params.items ?? "").replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, "");
  const list = source ? find(scopeOf(document, parent, knowledge), source) : undefined;
  const inner = list?.children.map((child) => rebase(child, `${list.path}[]`, "item")) ?? [];
  const sample = Array.isArray(list?.sample) ? list.sample[0] : undefined;
  return [
    { path: "item", label: "Item", type: "object", sample, children: inner },
    { path: "index", label: "Index", type: "integer", sample: 0, children: [] },
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
  const field: Field = { path, label, type, sample, children: [] };
  const description = schema?.title ?? schema?.description;
  if (description && description !== label) field.description = description;
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

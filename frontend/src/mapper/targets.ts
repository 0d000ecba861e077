/** The fields to fill: from the input of the operation that takes the step's output, and those an analyst adds. Pure. */
import type { JsonSchema } from "@/api/types";
import type { Knowledge } from "@/document/scope";
import type { FlowDocument, FlowNode, Rule, Value } from "@/document/types";
import { eachItem, isInside, nameIn, parentOf } from "./paths";
import { covers } from "./rules";

export interface TargetField {
  path: string;
  name: string;
  title: string;
  type: string;
  schema: JsonSchema;
  required: boolean;
  /** Added by hand: no schema asks for it. */
  free: boolean;
  /** Groups of fields inside, of which one must be filled. */
  either: string[][];
  children: TargetField[];
}

export interface Consumer {
  node: FlowNode;
  title: string;
  input: JsonSchema;
}

const DEPTH = 6;

/** The call that takes this step's output, whole or as a part of its input, and what it wants there. */
export function consumerOf(
  document: FlowDocument,
  nodeId: string,
  knowledge: Knowledge,
): Consumer | undefined {
  const pattern = new RegExp(`^\\s*\\{\\{\\s*steps\\.${nodeId}\\s*\\}\\}\\s*$`);
  for (const node of document.nodes) {
    if (node.kind !== "call") continue;
    const place = placeIn(node.params.input, pattern);
    const schema = place && inputOf(document, node, knowledge);
    const wanted = schema && place.reduce((at: JsonSchema | undefined, key) => at?.properties?.[key], schema);
    if (wanted) return { node, title: node.title ?? node.id, input: wanted };
  }
  return undefined;
}

/** The calls right after the step that take nothing yet: its output could be their input. */
export function openConsumers(document: FlowDocument, nodeId: string): FlowNode[] {
  const after = document.edges.filter((edge) => edge.from === nodeId && !edge.port).map(({ to }) => to);
  return document.nodes.filter(
    ({ id, kind, params }) =>
      after.includes(id) &&
      kind === "call" &&
      params.operation !== undefined &&
      (params.input === undefined || params.input === "" || isEmpty(params.input)),
  );
}

const isEmpty = (value: Value): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

function placeIn(input: Value | undefined, pattern: RegExp): string[] | null {
  if (typeof input === "string") return pattern.test(input) ? [] : null;
  if (typeof input !== "object" || input === null || Array.isArray(input)) return null;
  for (const [key, inner] of Object.entries(input)) {
    const found = placeIn(inner, pattern);
    if (found) return [key, ...found];
  }
  return null;
}

function inputOf(document: FlowDocument, node: FlowNode, knowledge: Knowledge): JsonSchema | undefined {
  const connector = document.connections[String(node.params.connection)]?.connector ?? "";
  const spec = knowledge.operation(connector, String(node.params.operation)) as
    | { input?: JsonSchema }
    | undefined;
  return spec?.input;
}

/** The tree of fields: what the schema wants, single required fields first, then the free ones that rules or a person name. */
export function targetTree(schema: JsonSchema | undefined, named: string[]): TargetField[] {
  const roots = schema ? fieldsOf(schema, "", 0) : [];
  const known = indexOf(roots);
  for (const path of named) addFree(path, roots, known);
  return roots;
}

function fieldsOf(schema: JsonSchema, prefix: string, depth: number): TargetField[] {
  const required = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties ?? {});
  const isFirst = (name: string) => required.has(name) && !isHolder(schema.properties?.[name]);
  const first = names.filter(isFirst);
  return [...first, ...names.filter((name) => !isFirst(name))].map((name) => {
    const inner = schema.properties?.[name] ?? {};
    const path = prefix ? `${prefix}.${name}` : name;
    const type = typeOf(inner);
    const holder = type === "array" ? inner.items : inner;
    const isOpen = depth < DEPTH && holder?.properties;
    return {
      path,
      name,
      title: inner.title ?? name,
      type,
      schema: inner,
      required: required.has(name),
      free: false,
      either: eitherOf(holder),
      children: isOpen ? fieldsOf(holder, type === "array" ? `${path}[]` : path, depth + 1) : [],
    };
  });
}

function isHolder(schema: JsonSchema | undefined): boolean {
  return schema?.properties !== undefined || schema?.items?.properties !== undefined;
}

export function typeOf(schema: JsonSchema | undefined): string {
  const all = typesOf(schema);
  return all[0] ?? "any";
}

/** Every type that the schema allows, without null. */
export function typesOf(schema: JsonSchema | undefined): string[] {
  const declared = schema?.type;
  const all = Array.isArray(declared) ? declared : declared ? [declared] : [];
  return all.filter((type) => type !== "null");
}

/** `anyOf: [{required: [a]}, {required: [b]}]` says that one of a and b must be there. */
export function eitherOf(schema: JsonSchema | undefined): string[][] {
  const groups = [schema?.anyOf, schema?.oneOf].filter((group) => group !== undefined);
  return groups
    .filter((group) => group.length > 1 && group.every(({ required }) => (required ?? []).length > 0))
    .map((group) => group.map(({ required }) => required?.[0] ?? ""));
}

function addFree(path: string, roots: TargetField[], known: Map<string, TargetField>): void {
  const whole = eachItem(path);
  if (known.has(whole.replace(/(\[\])+$/, ""))) return;
  const above = parentOf(whole);
  if (above) addFree(above + (whole.slice(above.length).startsWith("[]") ? "[]" : ""), roots, known);
  const isList = whole.endsWith("[]");
  const own = whole.replace(/(\[\])+$/, "");
  const field: TargetField = {
    path: own,
    name: nameIn(own),
    title: nameIn(own),
    type: isList ? "array" : "any",
    schema: {},
    required: false,
    free: true,
    either: [],
    children: [],
  };
  known.set(own, field);
  const holder = above ? known.get(above.replace(/(\[\])+$/, "")) : undefined;
  if (holder?.type === "any") holder.type = "object";
  const siblings = above ? holder?.children : roots;
  siblings?.push(field);
}

export function indexOf<T extends { path: string; children: T[] }>(roots: T[]): Map<string, T> {
  const found = new Map<string, T>();
  const open = [...roots];
  for (let field = open.pop(); field; field = open.pop()) {
    found.set(field.path, field);
    open.push(...field.children);
  }
  return found;
}

export interface Missing {
  path: string;
  words: string;
}

/** What must be filled and is not, in the order of the tree; of alternatives the first stands for all. */
export function missingIn(fields: TargetField[], rules: Rule[], schema: JsonSchema | undefined): Missing[] {
  const all = [
    ...groupsMissing(fields, rules, eitherOf(schema), ""),
    ...fields.flatMap((field) => missingAt(field, rules)),
  ];
  const order = inOrder(fields);
  return all.sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
}

function inOrder(fields: TargetField[]): string[] {
  return fields.flatMap((field) => [field.path, ...inOrder(field.children)]);
}

function missingAt(field: TargetField, rules: Rule[]): Missing[] {
  if (rules.some(({ target }) => target === field.path || target === `${field.path}[]`)) return [];
  const isBegun = rules.some(({ target }) => isInside(target, field.path));
  if (!field.required && !isBegun) return [];
  const prefix = field.type === "array" ? `${field.path}[]` : field.path;
  const inside = [
    ...field.children.flatMap((child) => missingAt(child, rules)),
    ...groupsMissing(field.children, rules, field.either, prefix),
  ];
  const isOwn = field.required && !isBegun && inside.length === 0;
  return isOwn ? [{ path: field.path, words: field.title }] : inside;
}

function groupsMissing(fields: TargetField[], rules: Rule[], groups: string[][], prefix: string): Missing[] {
  return groups.flatMap((names) => {
    const paths = names.map((name) => (prefix ? `${prefix}.${name}` : name));
    if (paths.some((path) => covers(rules, path))) return [];
    const titles = names.map((name) => fields.find((field) => field.name === name)?.title ?? name);
    return [{ path: paths[0] ?? "", words: titles.join(" or ") }];
  });
}

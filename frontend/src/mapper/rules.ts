/** Reads and writes the rules of a map step; knows which targets its consumer requires. Pure. */
import type { JsonSchema } from "@/api/types";
import { type Field, find, type Knowledge } from "@/document/scope";
import type { FlowDocument, FlowNode, Rule, Value } from "@/document/types";

export type SourceKind = "source" | "sources" | "value" | "expression";

export function rulesOf(node: FlowNode): Rule[] {
  return Array.isArray(node.params.rules) ? (node.params.rules as unknown as Rule[]) : [];
}

export function sourceKind(rule: Rule): SourceKind {
  if (rule.expression !== undefined) return "expression";
  if (rule.sources !== undefined) return "sources";
  return rule.value !== undefined && rule.source === undefined ? "value" : "source";
}

/** The rule with another way of getting its value; what it had for the old way is dropped. */
export function withSource(rule: Rule, kind: SourceKind, content: Value | undefined): Rule {
  const { source: _s, sources: _m, value: _v, expression: _e, ...rest } = rule;
  if (kind === "sources") return { ...rest, sources: listed(content ?? rule.source ?? "") };
  if (content === undefined) return { ...rest, [kind]: "" } as Rule;
  return { ...rest, [kind]: content } as Rule;
}

const listed = (content: Value): string[] =>
  String(content)
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

/** What the rule takes its value from, as text. */
export function sourceText(rule: Rule): string {
  const kind = sourceKind(rule);
  if (kind === "value") return JSON.stringify(rule.value);
  return kind === "sources" ? (rule.sources ?? []).join(", ") : (rule.source ?? rule.expression ?? "");
}

export interface Target {
  path: string;
  title: string;
  type: string;
  required: boolean;
}

/** The fields wanted by the call that takes this step's output as its whole input. */
export function targetsOf(document: FlowDocument, nodeId: string, knowledge: Knowledge): Target[] {
  const pattern = new RegExp(`^\\s*\\{\\{\\s*steps\\.${nodeId}\\s*\\}\\}\\s*$`);
  const consumer = document.nodes.find(
    (node) =>
      node.kind === "call" && typeof node.params.input === "string" && pattern.test(node.params.input),
  );
  if (!consumer) return [];
  const connector = document.connections[String(consumer.params.connection)]?.connector ?? "";
  const operation = knowledge.operation(connector, String(consumer.params.operation)) as
    | { input?: JsonSchema }
    | undefined;
  return operation?.input ? flatten(operation.input, "", true, 0) : [];
}

function flatten(schema: JsonSchema, prefix: string, isRequired: boolean, depth: number): Target[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = prefix ? `${prefix}.${name}` : name;
    const type = String(Array.isArray(inner.type) ? inner.type[0] : (inner.type ?? "any"));
    const own: Target = {
      path,
      title: inner.title ?? name,
      type,
      required: isRequired && required.has(name),
    };
    if (depth > 3) return [own];
    if (type === "object" && inner.properties) return [own, ...flatten(inner, path, own.required, depth + 1)];
    if (type === "array" && inner.items?.properties)
      return [own, ...flatten(inner.items, `${path}[]`, false, depth + 1)];
    return [own];
  });
}

/** Whether a rule fills the target itself, or a part of it. */
export function covers(rules: Rule[], target: string): boolean {
  return rules.some(
    ({ target: own }) => own === target || own.startsWith(`${target}.`) || own.startsWith(`${target}[`),
  );
}

export function missingTargets(rules: Rule[], targets: Target[]): Target[] {
  return targets.filter(({ path, required }) => required && !covers(rules, path));
}

/** What a rule gives for the sample event, as far as it can be known without asking the server. */
export function sampleOfRule(rule: Rule, fields: Field[]): Value | undefined {
  if ((rule.transforms ?? []).length > 0 || rule.expression !== undefined) return undefined;
  if (rule.value !== undefined) return rule.value;
  const found = rule.source ? find(fields, rule.source)?.sample : undefined;
  return found === undefined ? rule.default : found;
}

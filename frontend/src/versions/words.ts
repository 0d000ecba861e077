/** The difference of two documents as sentences: per step what changed, field by field, before and after. Pure. */
import type { Connector, JsonSchema, NodeKinds } from "@/api/types";
import { connectorOf, titleOf } from "@/canvas/kinds";
import { type Difference, type FieldChange, partsOf } from "@/document/differences";
import { nodeOf } from "@/document/graph";
import type { FlowDocument, FlowNode, Rule, Transform, Value } from "@/document/types";
import { type Change, edgesAt } from "./marks";
import { chainWords, ruleWords, sourceWords, valueWords } from "./values";

export interface Row {
  label: string;
  mark: Change;
  before: string | null;
  after: string | null;
  /** What happened, where before and after alone do not say it. */
  sentence?: string;
}
export interface Item {
  /** A step's id, or a part of the flow as a whole. */
  key: string;
  title: string;
  mark: Change;
  isStep: boolean;
  rows: Row[];
}
export interface Known {
  before: FlowDocument;
  after: FlowDocument;
  kinds: NodeKinds;
  connectors: Connector[];
}

/** "2 steps added, 1 changed, 3 fields". */
export function summaryOf({ counts }: Pick<Difference, "counts">): string {
  const { added, removed, changed, edges, fields } = counts;
  const parts = [
    added && `${many(added, "step")} added`,
    removed && `${added ? removed : many(removed, "step")} removed`,
    changed && `${added || removed ? changed : many(changed, "step")} changed`,
    fields && many(fields, "field"),
    edges && `${many(edges, "line")} between steps`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "nothing changed";
}

function many(count: number, word: string): string {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

/** Everything that differs, steps in the order in which they stand on the canvas, then the flow's own parts. */
export function itemsOf(found: Difference, known: Known, order: string[] = []): Item[] {
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  const touched = new Set(
    [...found.edges_added, ...found.edges_removed].flatMap(({ from, to }) => [from, to]),
  );
  const ids = new Set([...found.added, ...found.removed, ...Object.keys(found.changed), ...touched]);
  const steps = [...ids].sort((a, b) => place(a) - place(b)).map((id) => stepItem(id, found, known));
  const parts = [
    partItem("settings", "Settings of the flow", found.settings),
    partItem("connections", "Connections", found.connections),
    partItem("other", "Notes and groups", found.other),
  ];
  return [...steps, ...parts].filter(({ rows, isStep }) => isStep || rows.length > 0);
}

function stepItem(id: string, found: Difference, known: Known): Item {
  const [before, after] = [nodeOf(known.before, id), nodeOf(known.after, id)];
  const node = (after ?? before) as FlowNode;
  const title = node ? titleOf(node) : id;
  const lines = edgesAt(found, id).map(({ edge, mark }) => edgeRow(id, edge, mark, known));
  if (!before || !after) {
    const mark = after ? "added" : "removed";
    return { key: id, title, mark, isStep: true, rows: [...wholeRows(node, mark, known), ...lines] };
  }
  const rows = rowsOf(found.changed[id] ?? [], before, after, known);
  return { key: id, title, mark: "changed", isStep: true, rows: [...rows, ...lines] };
}

function partItem(key: string, title: string, fields: FieldChange[]): Item {
  const rows = fields.map((field) => plainRow(field, partsOf(field.pointer).map(humanised).join(" · ")));
  return { key, title, mark: "changed", isStep: false, rows };
}

function edgeRow(
  id: string,
  edge: { from: string; to: string; port?: string },
  mark: Change,
  known: Known,
): Row {
  const leaves = edge.from === id;
  const other = leaves ? edge.to : edge.from;
  const node = nodeOf(known.after, other) ?? nodeOf(known.before, other);
  const way = edge.port && edge.port !== "out" ? ` by “${edge.port}”` : "";
  const text = `“${node ? titleOf(node) : other}”${way}`;
  const isAdded = mark === "added";
  return {
    label: leaves ? "Leads to" : "Comes from",
    mark: isAdded ? "added" : "removed",
    before: isAdded ? null : text,
    after: isAdded ? text : null,
  };
}

/** What a step that came or went does, in a few rows. */
function wholeRows(node: FlowNode, mark: "added" | "removed", known: Known): Row[] {
  const document = mark === "added" ? known.after : known.before;
  const kind = known.kinds.items.find((entry) => entry.kind === node.kind);
  const put = (label: string, text: string): Row => ({
    label,
    mark,
    before: mark === "removed" ? text : null,
    after: mark === "added" ? text : null,
  });
  const rows = [put("Kind", kind?.title ?? node.kind)];
  for (const [name, value] of Object.entries(node.params ?? {})) {
    if (name === "rules" && Array.isArray(value)) {
      const rules = value as unknown as Rule[];
      rows.push(
        ...rules.map((rule) =>
          put(targetTitle(node, rule.target, document, known), ruleWords(rule, known.kinds.transforms)),
        ),
      );
    } else
      rows.push(
        put(paramLabel(node, [name], document, known), paramValue(node, name, value, document, known)),
      );
  }
  return rows;
}

function rowsOf(fields: FieldChange[], before: FlowNode, after: FlowNode, known: Known): Row[] {
  const rows: Row[] = [];
  const rules = new Map<string, FieldChange[]>();
  for (const field of fields) {
    const parts = partsOf(field.pointer);
    if (parts[0] === "params" && parts[1] === "rules" && parts[2] !== undefined) {
      rules.set(parts[2], [...(rules.get(parts[2]) ?? []), field]);
    } else rows.push(fieldRow(field, parts, before, after, known));
  }
  return [...[...rules].map(([name, changes]) => ruleRow(name, changes, before, after, known)), ...rows];
}

function ruleRow(name: string, changes: FieldChange[], before: FlowNode, after: FlowNode, known: Known): Row {
  const [old, now] = [ruleNamed(before, name), ruleNamed(after, name)];
  const transforms = known.kinds.transforms;
  const label = targetTitle(
    now ? after : before,
    name.replace(/#\d+$/, ""),
    now ? known.after : known.before,
    known,
  );
  const row: Row = {
    label,
    mark: !old ? "added" : now ? "changed" : "removed",
    before: old ? ruleWords(old, transforms) : null,
    after: now ? ruleWords(now, transforms) : null,
  };
  if (!old || !now) return row;
  const said = new Set(
    changes.map(({ pointer }) => partsOf(pointer)[3] ?? "").map((part) => ruleDelta(part, old, now, known)),
  );
  return { ...row, sentence: [...said].filter(Boolean).join(", ") };
}

const SOURCES = new Set(["source", "sources", "expression", "value"]);

function ruleDelta(part: string, old: Rule, now: Rule, known: Known): string {
  if (SOURCES.has(part)) return `source ${sourceWords(old)} → ${sourceWords(now)}`;
  if (part === "transforms") return chainDelta(old.transforms, now.transforms, known);
  const [from, to] = [old[part as keyof Rule], now[part as keyof Rule]] as (Value | undefined)[];
  const name = RULE_WORDS[part] ?? humanised(part).toLowerCase();
  if (from === undefined) return `${name} ${valueWords(to)} added`;
  return to === undefined
    ? `${name} ${valueWords(from)} removed`
    : `${name} ${valueWords(from)} → ${valueWords(to)}`;
}
const RULE_WORDS: Record<string, string> = {
  when: "condition",
  default: "default",
  on_empty: "when empty",
  note: "note",
};

function chainDelta(old: Transform[] = [], now: Transform[] = [], known: Known): string {
  const transforms = known.kinds.transforms;
  const words = (chain: Transform[]) => chain.map((step) => chainWords([step], transforms));
  const [were, are] = [words(old), words(now)];
  const came = are.filter((word) => !were.includes(word));
  const went = were.filter((word) => !are.includes(word));
  if (came.length === 0 && went.length === 0) return "order of the transforms changed";
  const parts = [
    came.length > 0 && `${came.join(", ")} added`,
    went.length > 0 && `${went.join(", ")} removed`,
  ];
  return parts.filter(Boolean).join(", ");
}

function ruleNamed(node: FlowNode, name: string): Rule | undefined {
  const [target, time = "1"] = name.split(/#(?=\d+$)/);
  const rules = (Array.isArray(node.params.rules) ? node.params.rules : []) as unknown as Rule[];
  return rules.filter((rule) => rule.target === target)[Number(time) - 1];
}

function fieldRow(field: FieldChange, parts: string[], before: FlowNode, after: FlowNode, known: Known): Row {
  if (parts[0] === "parent") {
    const inside = (node: FlowNode, document: FlowDocument) => {
      const parent = node.parent ? nodeOf(document, node.parent) : undefined;
      return parent ? `“${titleOf(parent)}”` : "no for-each";
    };
    return {
      label: "Repeated inside",
      mark: "changed",
      before: inside(before, known.before),
      after: inside(after, known.after),
    };
  }
  if (parts[0] !== "params")
    return plainRow(field, NODE_WORDS[parts.join("/")] ?? parts.map(humanised).join(" · "));
  const label = paramLabel(after, parts.slice(1), known.after, known);
  if (field.kind === "order") return plainRow(field, `Order of ${label.toLowerCase()}`);
  const say = (value: Value | undefined, node: FlowNode, document: FlowDocument) =>
    value === undefined ? null : paramValue(node, parts[1] ?? "", value, document, known, parts.length > 2);
  return {
    label,
    mark: field.kind === "added" ? "added" : field.kind === "removed" ? "removed" : "changed",
    before: say(field.before, before, known.before),
    after: say(field.after, after, known.after),
  };
}
const NODE_WORDS: Record<string, string> = {
  title: "Title",
  note: "Note",
  kind: "Kind",
  "retry/attempts": "Attempts",
  on_error: "When it fails",
};

function plainRow(field: FieldChange, label: string): Row {
  const mark = field.kind === "order" ? "changed" : field.kind;
  return {
    label,
    mark,
    before: field.before === undefined ? null : valueWords(field.before),
    after: field.after === undefined ? null : valueWords(field.after),
  };
}

/** What a target is called by the operation that takes the map's output. */
function targetTitle(node: FlowNode, target: string, document: FlowDocument, known: Known): string {
  const taker = document.nodes.find(
    (other) => other.kind === "call" && valueWords(other.params.input) === node.id,
  );
  const titles = taker
    ? titlesIn(inputOf(taker, document, known), target.split(/\[\]\.|\[\]|\./).filter(Boolean))
    : null;
  return titles?.join(" · ") || target;
}

function inputOf(node: FlowNode, document: FlowDocument, known: Known): JsonSchema | undefined {
  const connector = connectorOf(document, node, known.connectors);
  return connector?.operations.find(({ name }) => name === node.params.operation)?.input;
}

function titlesIn(schema: JsonSchema | undefined, names: string[]): string[] | null {
  let at = schema;
  const found: string[] = [];
  for (const name of names) {
    at = (at?.properties ? at : at?.items)?.properties?.[name];
    if (!at) return null;
    found.push(at.title ?? name);
  }
  return found;
}

function paramLabel(node: FlowNode, names: string[], document: FlowDocument, known: Known): string {
  const [first = "", ...rest] = names;
  if (first === "input")
    return rest.length === 0
      ? "Input"
      : (titlesIn(inputOf(node, document, known), rest)?.join(" · ") ?? rest.join(" · "));
  if (first === "branches" && rest.length > 0)
    return `Way “${rest[0]}”${rest[1] ? ` · ${humanised(rest[1]).toLowerCase()}` : ""}`;
  const schema = known.kinds.items.find(({ kind }) => kind === node.kind)?.params_schema;
  return [schema?.properties?.[first]?.title ?? humanised(first), ...rest.map(humanised)].join(" · ");
}

function paramValue(
  node: FlowNode,
  name: string,
  value: Value,
  document: FlowDocument,
  known: Known,
  inner = false,
): string {
  const connector = connectorOf(document, node, known.connectors);
  if (inner) return valueWords(value);
  if (name === "operation")
    return connector?.operations.find((entry) => entry.name === value)?.title ?? valueWords(value);
  if (name === "connection")
    return connector ? `${connector.title} (${valueWords(value)})` : valueWords(value);
  if (name === "event") {
    const events = connector?.triggers.flatMap((trigger) => trigger.events) ?? [];
    return [value ?? []]
      .flat()
      .map((entry) => events.find((event) => event.name === entry)?.title ?? valueWords(entry as Value))
      .join(", ");
  }
  return valueWords(value);
}

function humanised(name: string): string {
  const words = name.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How each node kind looks and reads on the canvas: its icon, and one line of what it does. */
import {
  IconArrowBack,
  IconArrowsSplit,
  IconBolt,
  IconBraces,
  IconListCheck,
  IconRepeat,
  IconSquareDashed,
  IconTableAlias,
  IconTransform,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Connector } from "@/api/types";
import { eventsOf } from "@/document/scope";
import type { FlowDocument, FlowNode } from "@/document/types";

const ICONS: Record<string, TablerIcon> = {
  trigger: IconBolt,
  map: IconTransform,
  lookup: IconTableAlias,
  condition: IconArrowsSplit,
  call: IconBraces,
  for_each: IconRepeat,
  validate: IconListCheck,
  respond: IconArrowBack,
  fail: IconX,
};
const SHAPES: Record<string, string> = {
  trigger: "start",
  condition: "branch",
  validate: "branch",
  for_each: "loop",
  fail: "end",
};

export function iconOf(kind: string): TablerIcon {
  return ICONS[kind] ?? IconSquareDashed;
}
export function shapeOf(kind: string): string {
  return SHAPES[kind] ?? "step";
}

export function connectorOf(
  document: FlowDocument,
  node: FlowNode,
  connectors: Connector[],
): Connector | undefined {
  const alias = typeof node.params.connection === "string" ? node.params.connection : "";
  const name = document.connections[alias]?.connector;
  return connectors.find((connector) => connector.name === name);
}

export function titleOf(node: FlowNode): string {
  return node.title || node.id;
}

/** One line under the title. */
export function lineOf(document: FlowDocument, node: FlowNode, connectors: Connector[]): string {
  const { params } = node;
  const connector = connectorOf(document, node, connectors);
  switch (node.kind) {
    case "trigger":
      return triggerLine(node, connector);
    case "call": {
      const operation = connector?.operations.find(({ name }) => name === params.operation);
      if (!params.operation) return "choose an operation";
      return `${connector?.title ?? params.connection ?? ""} · ${operation?.title ?? params.operation}`;
    }
    case "map":
      return counted(params.rules, "rule");
    case "condition":
      return waysOf(node);
    case "lookup":
      return params.table ? `in ${params.table}` : "choose a table";
    case "for_each":
      return params.items ? `of ${bare(params.items)}` : "choose a list";
    case "validate":
      return bare(params.value ?? "trigger.body");
    case "respond":
      return `status ${params.status ?? 200}`;
    case "fail":
      return String(params.message ?? "write a message");
    default:
      return node.kind;
  }
}

function triggerLine(node: FlowNode, connector?: Connector): string {
  const { type } = node.params;
  if (type === "schedule") return `at ${node.params.cron ?? "…"}`;
  if (type === "manual") return "by hand or by API";
  const events = eventsOf(node);
  const known = connector?.triggers.flatMap((trigger) => trigger.events) ?? [];
  const first = known.find(({ name }) => name === events[0])?.title ?? events[0] ?? "any event";
  const what = events.length > 1 ? `${first} and ${events.length - 1} more` : first;
  return `${connector?.title ?? "webhook"} · ${what}`;
}

function waysOf(node: FlowNode): string {
  const branches = Array.isArray(node.params.branches) ? node.params.branches.length : 0;
  return branches === 0 ? "add a branch" : `${branches + 1} ways`;
}

function counted(list: unknown, word: string): string {
  const count = Array.isArray(list) ? list.length : 0;
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

export function bare(text: unknown): string {
  return String(text).replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, "");
}

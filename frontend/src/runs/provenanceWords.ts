/** A link of a chain in words: which field, and how it was made of what is behind it. Pure. */
import type { Connector, JsonSchema } from "@/api/types";
import { connectorOf } from "@/canvas/kinds";
import type { FlowDocument } from "@/document/types";
import { ADDRESS, exchangesOf, type Key, type Known, nodeOf, type Place, pathText } from "./places";
import type { Link } from "./provenance";
import { titleOfStep } from "./story";

export interface Told {
  /** Where: “Create the sales order, request 8 to Epicor Kinetic”. */
  where: string;
  /** Which field, as people read it. */
  field: string;
}

export function placeWords(known: Known, place: Place, connectors: Connector[]): Told {
  const title = titleOfStep(known.document, place.step);
  const connector = connectorAt(known.document, place.step, connectors);
  const field = place.path[0] === ADDRESS ? "address of the request" : fieldWords(known, place, connectors);
  switch (place.side) {
    case "event":
      return {
        where: "The event",
        field: fieldText(place.path[0] === "body" ? place.path.slice(1) : place.path),
      };
    case "variable":
      return { where: "A variable of the environment", field: fieldText(place.path) };
    case "request": {
      const method = exchangesOf(known.state.steps.get(place.step))[place.exchange ?? 0];
      const name = method ? ` ${method.method} ${lastPart(method.url)}` : "";
      return { where: `Request to ${connector?.title ?? "the other system"}:${name}`, field };
    }
    case "input":
      return { where: `Input of “${title}”`, field };
    case "items":
      return { where: `Items of “${title}”`, field: fieldText(place.path) || "the whole list" };
    case "index":
      return { where: `“${title}”`, field: "number of the item" };
    default:
      return { where: connector ? `Answer to “${title}”` : `Result of “${title}”`, field };
  }
}

const fieldText = (path: readonly Key[]) => pathText(path) || "all of it";

function fieldWords(known: Known, place: Place, connectors: Connector[]): string {
  const text = fieldText(place.path);
  if (place.side !== "input" && place.side !== "output") return text;
  const node = nodeOf(known.document, place.step);
  const connector = connectorAt(known.document, place.step, connectors);
  const operation = connector?.operations.find(({ name }) => name === node?.params.operation);
  const title = titleIn(place.side === "input" ? operation?.input : operation?.output, place.path);
  return title && title.toLowerCase() !== String(place.path.at(-1)).toLowerCase()
    ? `${text} (${title})`
    : text;
}

export function connectorAt(
  document: FlowDocument,
  step: string,
  connectors: Connector[],
): Connector | undefined {
  const node = nodeOf(document, step);
  return node && connectorOf(document, node, connectors);
}

export function titleIn(schema: JsonSchema | undefined, path: readonly Key[]): string | null {
  let inner = schema;
  for (const key of path) inner = typeof key === "number" ? inner?.items : inner?.properties?.[key];
  return path.length > 0 && typeof inner?.title === "string" ? inner.title : null;
}

export function lastPart(url: string): string {
  try {
    const parts = new URL(url).pathname.split("/").filter(Boolean);
    return parts.slice(-2).join("/");
  } catch {
    return url;
  }
}

/** How the value of a link was made of those behind it. */
export function howWords(known: Known, link: Link, connectors: Connector[]): string {
  const { how, place, from } = link;
  const connector = connectorAt(known.document, place.step, connectors)?.title ?? "The connector";
  const target = how.rule?.target ?? "";
  switch (how.way) {
    case "sent":
      return `${connector}’s operation sends this field of its input.`;
    case "earlier":
      return `${connector} itself had given this in its answer to request ${(how.exchange ?? 0) + 1} of the same call.`;
    case "connector":
      return "The connector sets this itself; the flow gives it nothing.";
    case "copy":
      return how.rule
        ? `The mapping line for ${target} takes it over as it is.`
        : "It is taken over as it is.";
    case "source":
      return how.rule?.transforms?.length
        ? `The mapping line for ${target} takes a field and changes it:`
        : `The mapping line for ${target} takes a field as it is.`;
    case "sources":
      return `The mapping line for ${target} is made of ${from.filter(({ role }) => role === "read" || role === "value").length} fields.`;
    case "expression":
      return how.rule
        ? `The mapping line for ${target} is worked out:`
        : "It is worked out by an expression.";
    case "template":
      return "It is a text with values of the run in it.";
    case "value":
      return how.rule
        ? `The mapping line for ${target} has a fixed value.`
        : "It is a fixed value of the flow.";
    case "default":
      return `There was nothing, so the mapping line for ${target} gave its default.`;
    case "lookup":
      return `It is looked up in the table “${how.table}”, by this key:`;
    case "test":
      return "A choice of the flow: its tests read these fields.";
    case "answer":
      return from.some(({ role }) => role === "value")
        ? `${connector} answered with it. It was asked by the same value:`
        : `${connector} answered with it.${from.length ? " It was asked with:" : ""}`;
    case "item":
      return "It is an item of this list:";
    case "kept":
      return "The for-each keeps it of its item.";
    case "built":
      return "It is put together of these fields:";
    case "event":
      return "It came with the event. Here the chain begins.";
    case "variable":
      return "It is set for the environment, outside of the flow.";
    case "index":
      return "It counts the items of the for-each, from 0.";
    default:
      return "Nothing is known about how this was made.";
  }
}

/** The text that the parameter behind a link has in the document. */
export function textBehind(document: FlowDocument, link: Link): string | null {
  const { rule, pointer, way } = link.how;
  if (way === "expression" && rule) return rule.expression ?? null;
  if (rule || !pointer || !["template", "expression", "test", "lookup"].includes(way)) return null;
  const found = pointer
    .slice(1)
    .split("/")
    .map((token) => token.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce<unknown>((part, token) => (part as Record<string, unknown> | undefined)?.[token], document);
  return typeof found === "string" ? found : null;
}

/** Where in the editor a link's parameter is changed. */
export function editorField(document: FlowDocument, pointer: string): { node: string; field: string } | null {
  const match = /^\/nodes\/(\d+)\/(.*)$/.exec(pointer);
  const node = match && document.nodes[Number(match[1])];
  return node && match ? { node: node.id, field: match[2] ?? "" } : null;
}

export function shortValue(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** Search in a flow: every text of a step, a note, a connection or a setting that holds what is looked for. Pure. */
import type { FlowDocument, FlowNode } from "./types";

export interface Hit {
  /** The step it is in; null for what belongs to the flow as a whole. */
  node: string | null;
  note?: string;
  /** The path below the node, as the inspector's fields are called: `params/input/id`. */
  field: string;
  /** Where it is, in words: “Customer ID” for a field, “title”, “connection”. */
  where: string;
  text: string;
}

const LIMIT = 500;
const SHOWN = 90;

/** Hits in the order of the steps; `wordsOf` tells what a card says beside its title. */
export function findIn(document: FlowDocument, wanted: string, wordsOf: (node: FlowNode) => string): Hit[] {
  const needle = wanted.trim().toLowerCase();
  if (!needle) return [];
  const hits: Hit[] = [];
  const look = (hit: Omit<Hit, "text">, text: string) => {
    const at = text.toLowerCase().indexOf(needle);
    if (at >= 0 && hits.length < LIMIT) hits.push({ ...hit, text: excerpt(text, at) });
  };
  for (const node of document.nodes) {
    const step = (field: string, where: string) => ({ node: node.id, field, where });
    const before = hits.length;
    look(step("", "title"), node.title || node.id);
    if (hits.length === before) look(step("", "what it does"), wordsOf(node));
    if (node.title) look(step("", "id"), node.id);
    look(step("note", "note"), node.note ?? "");
    walk(node.params, "params", (field, text) => look(step(field, fieldName(field)), text));
  }
  for (const edge of document.edges)
    if (edge.port) look({ node: edge.from, field: "", where: "way out" }, edge.port);
  for (const note of document.notes ?? [])
    look({ node: null, note: note.id, field: "", where: "note on the canvas" }, note.text);
  for (const [alias, { connector }] of Object.entries(document.connections))
    look({ node: null, field: "connections", where: "connection" }, `${alias} (${connector})`);
  walk(document.settings ?? {}, "settings", (field, text) =>
    look({ node: null, field, where: `setting ${fieldName(field)}` }, text),
  );
  return hits;
}

function walk(value: unknown, path: string, visit: (path: string, text: string) => void): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    visit(path, String(value));
  if (!value || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    const isName = !Array.isArray(value) && (typeof inner !== "object" || inner === null);
    if (isName) visit(`${path}/${key}`, `${key}: ${inner ?? ""}`);
    else walk(inner, `${path}/${key}`, visit);
  }
}

function fieldName(field: string): string {
  const parts = field.split("/").slice(1);
  return parts.filter((part) => !/^\d+$/.test(part)).join(" › ") || field;
}

function excerpt(text: string, at: number): string {
  const flat = text.replace(/\s+/g, " ");
  if (flat.length <= SHOWN) return flat;
  const from = Math.max(0, at - 24);
  return `${from > 0 ? "…" : ""}${flat.slice(from, from + SHOWN)}…`;
}

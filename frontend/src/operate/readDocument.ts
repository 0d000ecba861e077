/** A flow document out of a file that somebody chose, or in words why it is none. Pure. */
import type { FlowDocument } from "@/document/types";

export type Read = { ok: true; document: FlowDocument; name: string | null } | { ok: false; why: string };

const no = (why: string): Read => ({ ok: false, why });

export function readDocument(text: string): Read {
  if (text.trim() === "") return no("The file is empty.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return no(`The file is not JSON: ${whereOf(text, error)}`);
  }
  if (!isBag(value))
    return no("The file holds a list or a single value. A flow is an object with “nodes” and “edges”.");
  const name = typeof value.name === "string" ? value.name : null;
  const document = isBag(value.document) ? value.document : value;
  if (!Array.isArray(document.nodes)) {
    const looksLike = "steps" in document || "workflow" in document || "connections" in document;
    return no(
      `There is no list “nodes” in it${looksLike ? ", so it is perhaps the flow of another product" : ""}. Choose a file that was saved with “Save the document as a file”.`,
    );
  }
  const bad = document.nodes.findIndex(
    (node) => !isBag(node) || typeof node.id !== "string" || typeof node.kind !== "string",
  );
  if (bad >= 0) return no(`Step ${bad + 1} of it has no “id” or no “kind”, so it cannot be drawn.`);
  return {
    ok: true,
    name,
    document: { schema: 1, connections: {}, edges: [], layout: {}, ...document } as unknown as FlowDocument,
  };
}

function isBag(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The line of a syntax error, which engines name by position or by line. */
function whereOf(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /position (\d+)/.exec(message)?.[1];
  if (!position || Number(position) >= text.trimEnd().length)
    return "it ends too early, or a comma or quote is missing.";
  const line = text.slice(0, Number(position)).split("\n").length;
  return `look at line ${line}, where something is missing or too much.`;
}

import { describe, expect, test } from "vitest";
import { clip, clippingText, paste, readClipping } from "./clipping";
import { apply } from "./commands";
import type { FlowDocument } from "./types";

const KINDS = ["trigger", "map", "call", "for_each"];
const FROM: FlowDocument = {
  schema: 1,
  connections: { pay: { connector: "stripe" }, books: { connector: "epicor" } },
  nodes: [
    { id: "start", kind: "trigger", params: { type: "manual" } },
    { id: "get", kind: "call", params: { connection: "pay", operation: "x", input: {} } },
    { id: "each", kind: "for_each", params: { items: "steps.get.data" } },
    { id: "line", kind: "map", parent: "each", params: { rules: [{ target: "t", source: "steps.get.id" }] } },
  ],
  edges: [
    { from: "start", to: "get" },
    { from: "get", to: "each" },
  ],
  notes: [{ id: "note_1", text: "why", x: 0, y: 0, width: 200, height: 80 }],
};
const EMPTY: FlowDocument = { schema: 1, connections: {}, nodes: [], edges: [] };

function read(text: string) {
  const clipping = readClipping(text, KINDS);
  if ("refusal" in clipping) throw new Error(clipping.refusal);
  return clipping;
}
const refusal = (text: string) => readClipping(text, KINDS) as { refusal: string };

describe("steps that travel as text", () => {
  test("arrive in another flow with their edges, children, notes and connections", () => {
    const text = clippingText(clip(FROM, ["get", "each"], ["note_1"]));
    const { command, ids } = paste(EMPTY, read(text), { x: 0, y: 0 });
    const { document } = apply(EMPTY, command);
    expect(ids).toEqual(["get", "each", "line"]);
    expect(document.edges).toEqual([{ from: "get", to: "each" }]);
    expect(document.nodes[2]?.parent).toBe("each");
    expect(document.connections).toEqual({ pay: { connector: "stripe" } });
    expect(document.notes?.map(({ text: words }) => words)).toEqual(["why"]);
  });

  test("use the connection that the other flow has for the same system", () => {
    const other = { ...EMPTY, connections: { stripe: { connector: "stripe" }, pay: { connector: "sap" } } };
    const { command } = paste(other, read(clippingText(clip(FROM, ["get"]))), { x: 0, y: 0 });
    const { document } = apply(other, command);
    expect(document.nodes[0]?.params.connection).toBe("stripe");
    expect(document.connections).toEqual(other.connections);
  });

  test("may be a whole document or an exported flow, and leave their trigger out when there is one", () => {
    const document = { ...EMPTY, nodes: [{ id: "t", kind: "trigger", params: {} }] };
    const pasted = paste(document, read(JSON.stringify({ name: "x", document: FROM })), { x: 0, y: 0 });
    expect(pasted.withoutTrigger).toBe(true);
    expect(pasted.ids).toEqual(["get", "each", "line"]);
    expect(read(JSON.stringify(FROM)).nodes).toHaveLength(4);
  });

  test("refer to each other under their new names even when names overlap", () => {
    const source: FlowDocument = {
      ...EMPTY,
      nodes: [
        { id: "a", kind: "map", params: { v: "{{ steps.a_2.x }} {{ steps.a.x }}" } },
        { id: "a_2", kind: "map", params: {} },
      ],
    };
    const { command } = paste(source, clip(source, ["a", "a_2"]), { x: 0, y: 0 });
    expect(apply(source, command).document.nodes[2]?.params.v).toBe("{{ steps.a_2_2.x }} {{ steps.a_3.x }}");
  });
});

describe("text from elsewhere", () => {
  test.each([
    ["a shopping list", "is not a flow"],
    ["{}", "no list of steps"],
    ['{"nodes":[]}', "there are none in it"],
    ['{"nodes":[{"id":"a","kind":"robot"}]}', "a kind that is not known here: robot"],
    ['{"nodes":[{"id":"1a","kind":"map"}]}', "step 1 has no proper id"],
    ['{"nodes":[{"id":"a","kind":"map","onclick":1}]}', "something that no step has: “onclick”"],
    ['{"nodes":[{"id":"a","kind":"map"},{"id":"a","kind":"map"}]}', "the same id"],
    ['{"nodes":[{"id":"a","kind":"map"}],"edges":[{"from":"a","to":"b"}]}', "is missing"],
    ['{"nodes":[{"id":"a","kind":"map"}],"connections":{"x":"y"}}', "“x” does not name its system"],
  ])("is refused in words: %s", (text, words) => {
    expect(refusal(text).refusal).toContain(words);
  });
});

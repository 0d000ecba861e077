import { describe, expect, test } from "vitest";
import { copyName } from "./flowWords";
import { readDocument } from "./readDocument";

describe("a file that somebody chose", () => {
  test("is a document, or one with its name", () => {
    const document = { nodes: [{ id: "a", kind: "map" }] };
    expect(readDocument(JSON.stringify(document))).toMatchObject({ ok: true, name: null });
    const named = readDocument(JSON.stringify({ name: "Orders", document }));
    expect(named).toMatchObject({ ok: true, name: "Orders", document: { schema: 1, edges: [] } });
  });

  test.each([
    ["", "The file is empty."],
    ["[1]", "a list or a single value"],
    ['{"a": 1\n "nodes": []}', "line 2"],
    ['{"nodes": [', "ends too early"],
    ['{"steps": []}', "the flow of another product"],
    ['{"nodes": [{"id": "a"}]}', "Step 1 of it has no"],
  ])("%j is refused with the reason", (text, why) => {
    const read = readDocument(text);
    expect(read.ok).toBe(false);
    expect(read).toMatchObject({ why: expect.stringContaining(why) });
  });
});

test("a copy gets the first name that is free", () => {
  expect(copyName("Orders", [])).toBe("Orders copy");
  expect(copyName("Orders", ["Orders copy", "Orders copy 2"])).toBe("Orders copy 3");
});

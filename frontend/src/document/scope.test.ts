import { describe, expect, test } from "vitest";
import { placeOf, portsOf, upstream } from "./graph";
import { columnsFor, tidy } from "./layout";
import { find, type Knowledge, scopeOf } from "./scope";
import type { FlowDocument } from "./types";

const DOCUMENT: FlowDocument = {
  schema: 1,
  connections: { stripe: { connector: "stripe" } },
  nodes: [
    {
      id: "charge",
      kind: "trigger",
      params: { type: "webhook", connection: "stripe", event: "charge.succeeded" },
    },
    { id: "lines", kind: "call", params: { connection: "stripe", operation: "list_lines" } },
    { id: "each", kind: "for_each", params: { items: "steps.lines.data" } },
    { id: "line", kind: "map", parent: "each", params: { rules: [{ target: "Part.Num", value: 1 }] } },
    { id: "order", kind: "map", params: { rules: [] } },
    { id: "aside", kind: "map", params: { rules: [] } },
  ],
  edges: [
    { from: "charge", to: "lines" },
    { from: "lines", to: "each" },
    { from: "each", to: "order" },
    { from: "charge", to: "aside" },
  ],
};
const KNOWN: Knowledge = {
  event: () => ({ sample: { data: { amount: 889 } } }),
  operation: () => ({ output: {}, sample: { output: { data: [{ product: "prod_1", quantity: 2 }] } } }),
};

describe("what a step may read", () => {
  test("is what lies before it, the nearest first, and never what stands aside", () => {
    expect(upstream(DOCUMENT, "order")).toEqual(["each", "lines", "charge"]);
  });

  test("inside a for-each has the item with the fields of the list", () => {
    const fields = scopeOf(DOCUMENT, "line", KNOWN);
    expect(find(fields, "item.product")?.sample).toBe("prod_1");
    expect(fields.map(({ path }) => path)).toEqual(["item", "index", "steps.lines", "trigger", "env"]);
  });

  test("shows the trigger's sample values", () => {
    const fields = scopeOf(DOCUMENT, "lines", KNOWN);
    expect(find(fields, "trigger.body.data.amount")?.sample).toBe(889);
  });
});

describe("ports", () => {
  test("of a condition are its branches in order, otherwise, and the error", () => {
    const node = {
      id: "k",
      kind: "condition",
      params: { branches: [{ port: "b" }, { port: "a" }], otherwise: "c" },
    };
    expect(portsOf(node, null).map(({ name }) => name)).toEqual(["b", "a", "c", "error"]);
  });

  test("of a fail node are none", () => {
    expect(portsOf({ id: "f", kind: "fail", params: {} }, [])).toEqual([]);
  });
});

describe("a pointer", () => {
  test("leads to the node and its field", () => {
    expect(placeOf(DOCUMENT, "/nodes/2/params/items")).toEqual({ nodeId: "each", field: "params/items" });
    expect(placeOf(DOCUMENT, "/settings/lane")).toEqual({ nodeId: null, field: "settings/lane" });
  });
});

describe("tidying", () => {
  test("puts every step to the right of what it follows", () => {
    const places = tidy(DOCUMENT);
    for (const { from, to } of DOCUMENT.edges)
      expect(places[to]?.x ?? 0).toBeGreaterThan(places[from]?.x ?? Number.POSITIVE_INFINITY);
  });

  test("goes on in a new row when a row is full, and loses nobody", () => {
    const places = tidy(DOCUMENT, 2);
    expect(Object.keys(places).sort()).toEqual(DOCUMENT.nodes.map(({ id }) => id).sort());
    expect(places.each?.x).toBe(0);
    expect(places.each?.y ?? 0).toBeGreaterThan(places.lines?.y ?? 0);
  });

  test("takes more columns on a wider canvas", () => {
    const nodes = Array.from({ length: 40 }, (_, at) => ({ id: `n${at}`, kind: "map", params: {} }));
    const large = { ...DOCUMENT, nodes };
    expect(columnsFor(large, 2000, 400)).toBeGreaterThan(columnsFor(large, 600, 800));
  });
});

import { describe, expect, test } from "vitest";
import type { JsonSchema } from "@/api/types";
import type { Knowledge } from "@/document/scope";
import type { FlowDocument, Rule } from "@/document/types";
import { consumerOf, indexOf, missingIn, openConsumers, targetTree } from "./targets";

const ORDER: JsonSchema = {
  type: "object",
  properties: {
    CustNum: { type: ["integer", "null"], title: "Customer number" },
    CustID: { type: "string", title: "Customer ID" },
    Lines: {
      type: "array",
      title: "Lines",
      items: {
        type: "object",
        properties: { Part: { type: "string", title: "Part" }, Note: { type: "string" } },
        required: ["Part"],
      },
    },
    PONum: { type: "string", title: "PO number" },
  },
  required: ["PONum", "Lines"],
  anyOf: [{ required: ["CustNum"] }, { required: ["CustID"] }],
};
const paths = (named: string[]) => [...indexOf(targetTree(ORDER, named)).keys()].sort();
const missing = (rules: Rule[]) =>
  missingIn(
    targetTree(
      ORDER,
      rules.map(({ target }) => target),
    ),
    rules,
    ORDER,
  ).map(({ words }) => words);

describe("the tree of fields to fill", () => {
  test("has what the operation wants, single required fields first, lists with the fields of an item", () => {
    const tree = targetTree(ORDER, []);
    expect(tree.map(({ path }) => path)).toEqual(["PONum", "CustNum", "CustID", "Lines"]);
    expect(tree[1]?.type).toBe("integer");
    expect(tree[3]?.children.map(({ path, required }) => [path, required])).toEqual([
      ["Lines[].Part", true],
      ["Lines[].Note", false],
    ]);
  });

  test("takes in the fields that rules name beside the schema, below what holds them", () => {
    expect(paths(["Extra.deep.x", "Lines[].Own", "Lines[0].Part"])).toEqual(
      [...paths([]), "Extra", "Extra.deep", "Extra.deep.x", "Lines[].Own"].sort(),
    );
    expect(
      targetTree(undefined, ["tags[]", "lines[].price"]).map(({ path, type, free }) => [path, type, free]),
    ).toEqual([
      ["tags", "array", true],
      ["lines", "array", true],
    ]);
  });
});

describe("what is required and not mapped", () => {
  test("names one of alternatives, and the fields inside a required list, in the order of the tree", () => {
    expect(missing([])).toEqual(["PO number", "Customer number or Customer ID", "Part"]);
  });

  test("is satisfied by either alternative, by a list as a whole, and asks for parts of what is begun", () => {
    expect(
      missing([
        { target: "CustID", value: "A" },
        { target: "Lines", source: "item.lines" },
      ]),
    ).toEqual(["PO number"]);
    expect(
      missing([
        { target: "PONum", value: "1" },
        { target: "CustNum", value: 1 },
        { target: "Lines[].Note", source: "item.x" },
      ]),
    ).toEqual(["Part"]);
  });
});

describe("who takes the output", () => {
  const call = (input: FlowDocument["nodes"][0]["params"][string]) => ({
    id: "c",
    kind: "call",
    title: "Create",
    params: { connection: "e", operation: "make", input },
  });
  const flow = (input: FlowDocument["nodes"][0]["params"][string]): FlowDocument => ({
    schema: 1,
    connections: { e: { connector: "epicor" } },
    nodes: [{ id: "m", kind: "map", params: {} }, call(input)],
    edges: [{ from: "m", to: "c" }],
  });
  const KNOWN: Knowledge = { event: () => undefined, operation: () => ({ input: ORDER }) as object };

  test("is the call whose input is the output, whole or as a part", () => {
    expect(consumerOf(flow("{{ steps.m }}"), "m", KNOWN)?.input).toBe(ORDER);
    expect(consumerOf(flow({ Lines: "{{ steps.m }}" }), "m", KNOWN)?.input.title).toBe("Lines");
    expect(consumerOf(flow({ Lines: "{{ steps.m.x }}" }), "m", KNOWN)).toBeUndefined();
  });

  test("can be the call that follows and has no input yet", () => {
    expect(openConsumers(flow({}), "m").map(({ id }) => id)).toEqual(["c"]);
    expect(openConsumers(flow({ PONum: "1" }), "m")).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import type { Field } from "@/document/scope";
import { dropOf, joined, mapped, paired, pairsIn } from "./drops";
import { accepted, type Offer, offerKey, offersOf, ruleOf } from "./suggestions";
import { indexOf, targetTree } from "./targets";

const field = (path: string, type: string, more: Partial<Field> = {}): Field => ({
  path,
  label: path.split(".").at(-1) ?? path,
  type,
  children: [],
  ...more,
});
const ITEMS = field("steps.s.data", "array", {
  children: [
    field("steps.s.data[].description", "string", { title: "Description" }),
    field("steps.s.data[].quantity", "integer"),
    field("steps.s.data[].created", "integer", { sample: 1763645400 }),
  ],
});
const TREE = targetTree(
  {
    properties: {
      Lines: {
        type: "array",
        items: {
          properties: {
            LineDesc: { type: "string", title: "Description" },
            SellingQuantity: { type: "number", title: "Quantity" },
            NeedBy: { type: "string", format: "date" },
          },
        },
      },
      Name: { type: "string" },
    },
  },
  [],
);
const WANTED = indexOf(TREE);
const KNOWN = indexOf([ITEMS, field("item.first", "string"), field("item.last", "string")]);
const at = (path: string) => {
  const found = WANTED.get(path);
  if (!found) throw new Error(path);
  return found;
};

describe("dropping", () => {
  test("a list on a list offers the fields of an item that are called alike", () => {
    const pairs = pairsIn(ITEMS, at("Lines"));
    expect(pairs.map(({ source, target }) => [source.path, target.path])).toEqual([
      ["steps.s.data[].description", "Lines[].LineDesc"],
      ["steps.s.data[].quantity", "Lines[].SellingQuantity"],
    ]);
    expect(dropOf(ITEMS, at("Lines"), []).kind).toBe("group");
    expect(paired([{ target: "Lines", source: "x.y" }], pairs).map(({ target }) => target)).toEqual([
      "Lines[].LineDesc",
      "Lines[].SellingQuantity",
    ]);
  });

  test("on an empty field maps it at once; on a filled one asks, and joins only what comes from fields", () => {
    const source = field("item.first", "string");
    expect(dropOf(source, at("Name"), [])).toEqual({ kind: "map" });
    expect(dropOf(source, at("Name"), [{ target: "Name", source: "item.last" }])).toEqual({
      kind: "filled",
      canJoin: true,
    });
    expect(dropOf(source, at("Name"), [{ target: "Name", value: "X" }])).toEqual({
      kind: "filled",
      canJoin: false,
    });
  });

  test("in the place of another field drops its chain, joining keeps both", () => {
    const rules = [{ target: "Name", source: "item.first", transforms: [{ fn: "upper" }], note: "n" }];
    expect(mapped(rules, "item.last", "Name")).toEqual([{ target: "Name", source: "item.last", note: "n" }]);
    expect(joined(rules, "item.last", "Name")).toEqual([
      {
        target: "Name",
        sources: ["item.first", "item.last"],
        transforms: [{ fn: "concat", separator: " " }, { fn: "upper" }],
        note: "n",
      },
    ]);
  });
});

describe("suggestions", () => {
  const offer = (target: string, source: string[], transform = "copy", more: Partial<Offer> = {}): Offer => ({
    target,
    source,
    score: 0.9,
    transform,
    reason: "",
    ...more,
  });

  test("are offered for targets that nothing fills, unless they were rejected or name unknown fields", () => {
    const candidates = [offer("", ["item.nowhere"]), offer("", ["item.first"]), offer("", ["item.last"])];
    const asked = (rules: { target: string; value: number }[], rejected: string[]) =>
      offersOf([{ target: "Name", candidates }], rules, new Set(rejected), WANTED, KNOWN).map(
        ({ source }) => source[0],
      );
    expect(asked([], [])).toEqual(["item.first"]);
    expect(asked([], [offerKey({ target: "Name", source: ["item.first"] })])).toEqual(["item.last"]);
    expect(asked([{ target: "Name", value: 1 }], [])).toEqual([]);
  });

  test("become rules with a chain that does what the word says", () => {
    const created = KNOWN.get("steps.s.data[].created");
    if (!created) throw new Error("created");
    expect(ruleOf(offer("Name", ["item.first", "item.last"], "concat"), at("Name"), created, KNOWN)).toEqual({
      target: "Name",
      sources: ["item.first", "item.last"],
      transforms: [{ fn: "concat", separator: " " }],
    });
    expect(
      ruleOf(offer("Lines[].NeedBy", [created.path], "date"), at("Lines[].NeedBy"), created, KNOWN),
    ).toEqual({
      target: "Lines[].NeedBy",
      source: created.path,
      transforms: [{ fn: "unix_to_date", format: "date" }],
    });
    const given = { transforms: [{ fn: "trim" }] };
    expect(
      ruleOf(offer("Name", [created.path], "copy", given), at("Name"), created, KNOWN).transforms,
    ).toEqual([{ fn: "trim" }]);
  });

  test("are accepted together", () => {
    const offers = [
      offer("Name", ["item.first"]),
      offer("Lines[].SellingQuantity", ["steps.s.data[].quantity"]),
    ];
    expect(accepted([], offers, WANTED, KNOWN)).toEqual([
      { target: "Name", source: "item.first" },
      { target: "Lines[].SellingQuantity", source: "steps.s.data[].quantity" },
    ]);
  });
});

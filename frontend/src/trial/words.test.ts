import { describe, expect, test } from "vitest";
import type { FlowDocument } from "@/document/types";
import { reading } from "./amounts";
import { bindingsOf } from "./bindings";
import { differenceRows, valueWords } from "./differences";
import { marksOf } from "./marks";
import { nameOfSample } from "./names";
import type { TestResult } from "./types";
import { parse } from "./ValueEditor";
import { placeOfField } from "./ValueFields";

const DOCUMENT: FlowDocument = {
  schema: 1,
  connections: { erp: { connector: "epicor_kinetic" }, shop: { connector: "stripe" } },
  nodes: [{ id: "order", kind: "map", title: "Map the order", params: {} }],
  edges: [],
};

describe("a sample is called", () => {
  test("by what it is and whose it is", () => {
    const charge = {
      object: "charge",
      id: "ch_1",
      billing_details: { name: "Ada Muster", email: "ada@x.test" },
    };
    expect(nameOfSample({ type: "charge.succeeded", data: { object: charge } })).toBe("charge of Ada Muster");
  });

  test("by the name of a customer before that of a product", () => {
    const order = { product: { name: "Chair" }, customer: { name: "Lear Ltd" } };
    expect(nameOfSample(order, "order")).toBe("order of Lear Ltd");
  });

  test("by its id, or its kind alone, when it names nobody", () => {
    expect(nameOfSample({ data: { object: { object: "payout", id: "po_9" } } })).toBe("payout po_9");
    expect(nameOfSample(null)).toBe("event");
  });
});

describe("a number is read", () => {
  test("as money beside a currency in minor units, with the currency's own decimals", () => {
    expect(reading("amount", 88900, { currency: "usd" })).toBe("889.00 USD");
    expect(reading("amount", 889, { currency: "jpy" })).toBe("889 JPY");
  });

  test("as itself without a currency", () => {
    expect(reading("amount", 88900, {})).toBeNull();
    expect(reading("quantity", 2, { currency: "usd" })).toBeNull();
  });
});

const RESULT: TestResult = {
  test: "tst_1",
  name: "Charge",
  ok: false,
  status: "succeeded",
  steps: { order: "succeeded", "each[0].line": "succeeded", lost: "skipped" },
  differences: [
    { step: "each[0].line", pointer: "/steps/each[0].line/output/Qty", expected: 2, actual: 3 },
    { step: "", pointer: "/status", expected: "succeeded", actual: "failed" },
  ],
};

describe("a test's result", () => {
  test("marks the cards of steps that differ, and those that did as expected", () => {
    expect(Object.fromEntries(marksOf(RESULT))).toEqual({
      order: { tone: "good", words: "as expected" },
      line: { tone: "bad", words: "1 value differs" },
    });
  });

  test("is read as rows with step, side, field and both values", () => {
    const difference = {
      step: "order",
      pointer: "/steps/order/output/Dtls/0/Part",
      expected: "A",
      actual: null,
    };

    const rows = differenceRows([difference, ...RESULT.differences.slice(1)], DOCUMENT);

    expect(rows.map(({ title, side, field, actual }) => [title, side, field, valueWords(actual)])).toEqual([
      ["Map the order", "output", "Dtls.0.Part", "empty"],
      ["The run", "", "how it ends", "failed"],
    ]);
  });
});

test("places of fields are one, however they are written", () => {
  expect(placeOfField("OrderDtls[0].PartNum")).toBe("OrderDtls.0.PartNum");
  expect(placeOfField("/OrderDtls/0/PartNum")).toBe("OrderDtls.0.PartNum");
});

test("pasted text that cannot be read is told with its reason", () => {
  expect(parse('{"a": 1}')).toEqual({ ok: true, value: { a: 1 }, why: "" });
  expect(parse(" ")).toEqual({ ok: false, value: null, why: "it is empty." });
  expect(parse('{"a": ').ok).toBe(false);
});

test("a system is tested with the chosen connection of the sandbox, else with the first that fits", () => {
  const connection = (id: string, connector: string, environment = "sandbox") =>
    ({ id, connector, environment }) as never;
  const all = [
    connection("live", "stripe", "production"),
    connection("one", "stripe"),
    connection("two", "stripe"),
  ];

  const chosen = bindingsOf(DOCUMENT, all, { shop: "two" }).map((binding) => binding.chosen?.id);

  expect(chosen).toEqual([undefined, "two"]);
  expect(bindingsOf(DOCUMENT, all, {})[1]?.chosen?.id).toBe("one");
});

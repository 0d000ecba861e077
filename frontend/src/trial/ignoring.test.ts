import { describe, expect, test } from "vitest";
import type { FlowDocument } from "@/document/types";
import { foldAll } from "@/runs/fold";
import { playedBack, proposedIgnored, recordedValues, whyOther } from "./ignoring";

const DOCUMENT: FlowDocument = {
  schema: 1,
  connections: {},
  nodes: [
    { id: "paid", kind: "trigger", params: {} },
    { id: "order", kind: "map", params: {} },
    { id: "create", kind: "call", params: {} },
  ],
  edges: [],
};
const EVENT = { id: "evt_1", data: { created: 1790000000, charge: "ch_1" } };
const at = "2026-11-25T10:00:00Z";
const STATE = foldAll([
  { type: "run_admitted", at, trigger_node: "paid" },
  { type: "step_started", at, step: "order", attempt: 1 },
  {
    type: "step_succeeded",
    at,
    step: "order",
    attempt: 1,
    output: { Reference: "evt_1", Created: 1790000000, request_id: "r-77", "a/b": 5 },
  },
  { type: "step_started", at, step: "create", attempt: 1, input: { PONum: "ch_1", sent_at: at } },
  { type: "step_succeeded", at, step: "create", attempt: 1, output: { OrderNum: 5001 } },
]);

describe("what a test compares", () => {
  test("is the input of calls and the output of other steps, by pointer", () => {
    const values = recordedValues(STATE, DOCUMENT);

    expect(values.map(({ pointer, value }) => [pointer, value])).toEqual([
      ["/steps/order/output/Reference", "evt_1"],
      ["/steps/order/output/Created", 1790000000],
      ["/steps/order/output/request_id", "r-77"],
      ["/steps/order/output/a~1b", 5],
      ["/steps/create/input/PONum", "ch_1"],
      ["/steps/create/input/sent_at", at],
    ]);
  });

  test("leaves out times and ids that came neither with the event nor with an answer", () => {
    const values = recordedValues(STATE, DOCUMENT);

    const ignored = proposedIgnored(values, playedBack(STATE, DOCUMENT, EVENT));

    expect(ignored).toEqual(["/steps/order/output/request_id", "/steps/create/input/sent_at"]);
  });
});

describe("a recorded value", () => {
  test.each([
    ["OrderDate", "2026-11-25", "time"],
    ["sent_at", "2026-11-25T10:00:00Z", "time"],
    ["key", "0b6a5d36-7a3c-4a55-9a57-5b1f6a2a9f10", "id"],
    ["OrderNum", 5001, "id"],
    ["CustNum", 118, null],
    ["DocOrderAmt", 889, null],
    ["update", "no", null],
  ])("called %s of %s is taken for %s", (field, value, why) => {
    expect(whyOther({ field, value })).toBe(why);
  });
});

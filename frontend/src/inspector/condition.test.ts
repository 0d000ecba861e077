import { describe, expect, test } from "vitest";
import { readRows, writeRows } from "./condition";

describe("a condition in words", () => {
  test.each([
    ["trigger.body.amount > 100", [{ field: "trigger.body.amount", test: ">", value: "100" }]],
    [
      "trigger.body.type == 'charge.refunded'",
      [{ field: "trigger.body.type", test: "==", value: "charge.refunded" }],
    ],
    ["steps.find.email", [{ field: "steps.find.email", test: "filled", value: "" }]],
    ["not steps.find.email", [{ field: "steps.find.email", test: "empty", value: "" }]],
    ["trigger.body.paid == true", [{ field: "trigger.body.paid", test: "true", value: "" }]],
    ["'x' in trigger.body.tags", [{ field: "trigger.body.tags", test: "contains", value: "x" }]],
    ["item.sku | startswith('A-')", [{ field: "item.sku", test: "starts", value: "A-" }]],
    ["item.kind in ['a', 'b']", [{ field: "item.kind", test: "in", value: "a, b" }]],
    ["item.total == steps.find.total", [{ field: "item.total", test: "==", value: "steps.find.total" }]],
  ])("%s is one row and comes back the same", (text, rows) => {
    expect(readRows(text)).toEqual({ join: "and", rows });
    expect(writeRows({ join: "and", rows: readRows(text)?.rows ?? [] })).toBe(text);
  });

  test("rows are joined by one word, and or or", () => {
    const text = "item.a > 1 or item.b == 'x or y'";
    const read = readRows(text);

    expect(read?.join).toBe("or");
    expect(read?.rows.map(({ field }) => field)).toEqual(["item.a", "item.b"]);
    expect(read && writeRows(read)).toBe(text);
  });

  test.each([
    "item.a > 1 and item.b or item.c",
    "(item.a + 1) > 2",
    "item.a | length > 2",
    "item.a == '5'",
    "nonsense",
  ])("%s is more than rows can say", (text) => {
    expect(readRows(text)).toBeNull();
  });

  test("nothing is one row to fill, and an empty row writes nothing", () => {
    expect(readRows("")).toEqual({ join: "and", rows: [{ field: "", test: "==", value: "" }] });
    expect(writeRows({ join: "and", rows: [{ field: "", test: "==", value: "" }] })).toBe("");
  });
});

/** A JSON value as rows: what is open, what is found, and hints about money and time. */
import { describe, expect, test } from "vitest";
import { hintOf, type JsonShape, pathText, rowsOf } from "./jsonRows";
import { exactTime } from "./time";

const shape = (changes: Partial<JsonShape> = {}): JsonShape => ({
  depth: 2,
  toggled: new Set(),
  parts: new Map(),
  search: "",
  ...changes,
});
const VALUE = { id: "PO-1", lines: [{ sku: "a" }, { sku: "b" }], none: {} };
const paths = (changes?: Partial<JsonShape>) =>
  rowsOf(VALUE, shape(changes)).map(({ path }) => pathText(path));

describe("rows", () => {
  test("are open down to a depth, and where a person opened them", () => {
    expect(paths()).toEqual(["", "id", "lines", "lines[0]", "lines[1]", "none"]);
    expect(paths({ toggled: new Set(['["lines",1]']) })).toContain("lines[1].sku");
    expect(paths({ toggled: new Set(["[]"]) })).toEqual([""]);
  });

  test("that a search finds stand with what is around them", () => {
    expect(paths({ search: "B" })).toEqual(["", "lines", "lines[1]", "lines[1].sku"]);
    expect(paths({ search: "nowhere" })).toEqual([]);
  });

  test("of a long list come in parts", () => {
    const rows = rowsOf([...Array(150).keys()], shape());
    expect(rows.length).toBe(102);
    expect(rows.at(-1)?.rest).toBe(50);
  });
});

describe("hints", () => {
  test("say minor units and decimals as money", () => {
    expect(hintOf("amount", 133690, { currency: "usd" })).toMatch(/1,336\.90/);
    expect(hintOf("amount", 500, { currency: "jpy" })).toMatch(/500$/);
    expect(hintOf("DocOrderAmt", 1336.9, { CurrencyCode: "USD" })).toMatch(/1,336\.90/);
    expect(hintOf("quantity", 2, { currency: "usd" })).toBeNull();
    expect(hintOf("amount", 5, {})).toBeNull();
  });

  test("say moments in the person's zone", () => {
    expect(hintOf("created", 1764093046, {})).toBe(exactTime("2025-11-25T17:50:46Z"));
    expect(hintOf("received", "2026-11-25T17:30:46Z", {})).toBe(exactTime("2026-11-25T17:30:46Z"));
    expect(hintOf("count", 1764093046, {})).toBeNull();
    expect(hintOf("day", "2026-11-25", {})).toBeNull();
  });
});

test("paths are written as expressions write them", () => {
  expect(pathText(["a", 0, "odd.key", null, "b"])).toBe('a[0]["odd.key"][].b');
});

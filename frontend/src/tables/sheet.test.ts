import { describe, expect, test } from "vitest";
import {
  changesOf,
  fillDown,
  merge,
  pasteAt,
  type Row,
  rebase,
  removeRows,
  rowsOf,
  setCells,
  troublesOf,
  viewOf,
} from "./sheet";
import { emptySheet, sheetReducer } from "./useSheet";

const pairs = (rows: Row[]) => rows.map(({ key, value }) => [key, value]);
const parts = () =>
  rowsOf([
    ["pump", "P-1"],
    ["seal", "S-1"],
    ["hose", "H-1"],
  ]);

describe("editing rows", () => {
  test("a block is pasted over what is there and beyond the end as new rows", () => {
    const rows = parts();

    const next = pasteAt(rows, rows, { row: 2, column: 0 }, [
      ["hose", "H-2"],
      ["motor", "M-1"],
      ["valve", "V-1"],
    ]);

    expect(pairs(next).slice(2)).toEqual([
      ["hose", "H-2"],
      ["motor", "M-1"],
      ["valve", "V-1"],
    ]);
  });

  test("two columns pasted into the empty last row find known keys and add the others", () => {
    const rows = parts();

    const next = pasteAt(rows, rows, { row: 3, column: 0 }, [
      ["seal", "S-9"],
      ["motor", "M-1"],
    ]);

    expect(pairs(next)).toEqual([
      ["pump", "P-1"],
      ["seal", "S-9"],
      ["hose", "H-1"],
      ["motor", "M-1"],
    ]);
  });

  test("filling down repeats the first row of the selection", () => {
    const rows = parts();
    expect(pairs(fillDown(rows, rows, ["value"])).map(([, value]) => value)).toEqual(["P-1", "P-1", "P-1"]);
  });

  test("an edit that changes nothing answers the same rows", () => {
    const rows = parts();
    expect(setCells(rows, [{ id: rows[0]?.id ?? 0, column: "key", text: " pump " }])).toBe(rows);
    expect(removeRows(rows, new Set())).toBe(rows);
  });
});

describe("what is wrong", () => {
  test("repeated and empty keys are named at each of their rows", () => {
    const rows = rowsOf([
      ["pump", "1"],
      ["pump", "2"],
      ["", "3"],
      ["seal", "4"],
    ]);

    const troubles = troublesOf(rows);

    expect(rows.map(({ id }) => troubles.get(id))).toEqual(["doubled", "doubled", "empty", undefined]);
  });

  test("ten thousand rows are checked and compared in a moment", () => {
    const many = Array.from({ length: 10_000 }, (_, at): [string, string] => [`k${at}`, String(at)]);
    const begun = performance.now();

    const rows = merge(rowsOf(many), [{ key: "k9999", value: "other" }]);

    expect(troublesOf(rows).size).toBe(0);
    expect(changesOf(new Map(many), rows)).toEqual({ set: { k9999: "other" }, remove: [] });
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe("changes", () => {
  test("are the keys set and removed; a key that was renamed is both", () => {
    const rows = parts();
    const kept = new Map(rows.map(({ key, value }) => [key, value]));
    const [pump, seal] = rows;

    const next = setCells(removeRows(rows, new Set([seal?.id ?? 0])), [
      { id: pump?.id ?? 0, column: "key", text: "pump 2" },
    ]);

    expect(changesOf(kept, next)).toEqual({ set: { "pump 2": "P-1" }, remove: ["pump", "seal"] });
  });

  test("stay on top of somebody else's, and say what both have changed", () => {
    const kept = new Map([
      ["pump", "P-1"],
      ["seal", "S-1"],
    ]);
    const theirs = new Map([
      ["pump", "P-7"],
      ["seal", "S-1"],
      ["hose", "H-1"],
    ]);

    const { rows, both } = rebase(kept, theirs, { set: { pump: "P-2" }, remove: ["seal"] });

    expect(pairs(rows)).toEqual([
      ["pump", "P-2"],
      ["hose", "H-1"],
    ]);
    expect(both).toEqual(["pump"]);
  });

  test("are undone and done again one by one", () => {
    const start = emptySheet(1, [["pump", "P-1"]]);
    const id = start.rows[0]?.id ?? 0;
    const edited = sheetReducer(start, {
      type: "edit",
      rows: setCells(start.rows, [{ id, column: "value", text: "P-2" }]),
    });

    const undone = sheetReducer(edited, { type: "undo" });

    expect(pairs(undone.rows)).toEqual([["pump", "P-1"]]);
    expect(pairs(sheetReducer(undone, { type: "redo" }).rows)).toEqual([["pump", "P-2"]]);
    expect(sheetReducer(start, { type: "undo" })).toBe(start);
  });
});

describe("looking", () => {
  test("a search finds keys and values, an order counts numbers as numbers", () => {
    const rows = rowsOf([
      ["k10", "a"],
      ["k2", "b"],
      ["x", "K1"],
    ]);

    expect(pairs(viewOf(rows, "k", { column: "key", down: false }))).toEqual([
      ["k2", "b"],
      ["k10", "a"],
      ["x", "K1"],
    ]);
  });
});

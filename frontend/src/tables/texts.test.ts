import { describe, expect, test } from "vitest";
import { guessColumns, looksLikeHeading, planImport } from "./importing";
import { rowsOf } from "./sheet";
import { blockOf, encodingOf, separatorOf, split, tsvOf } from "./texts";

describe("tables as texts", () => {
  test("quoted cells hold separators, quotes and line ends; lines keep their number", () => {
    expect(split('a,"1,5"\r\n\r\n"say ""hi""\nthere",2\nb,3', ",")).toEqual([
      { line: 1, cells: ["a", "1,5"] },
      { line: 3, cells: ['say "hi"\nthere', "2"] },
      { line: 5, cells: ["b", "3"] },
    ]);
  });

  test.each([
    ["a;1,5\nb;2,5", ";"],
    ["a,1\nb,2", ","],
    ["a\t1\nb\t2", "\t"],
    ["a|1\nb|2", "|"],
    ["one column\nonly", ","],
  ])("the separator of %j is %j", (text, separator) => {
    expect(separatorOf(text)).toBe(separator);
  });

  test("encodings are told by their mark, else by what the bytes can be", () => {
    expect(encodingOf(new Uint8Array([0xff, 0xfe, 0x61, 0x00]))).toBe("utf-16le");
    expect(encodingOf(new TextEncoder().encode("Größe"))).toBe("utf-8");
    expect(encodingOf(new Uint8Array([0x47, 0x72, 0xf6, 0xdf, 0x65]))).toBe("windows-1252");
  });

  test("what is copied comes back as it was", () => {
    const block = [
      ["plain", 'with "quotes"'],
      ["two\nlines", "a\ttab"],
    ];
    expect(blockOf(tsvOf(block))).toEqual(block);
  });
});

describe("an import", () => {
  const rows = rowsOf([
    ["pump", "P-1"],
    ["seal", "S-1"],
    ["hose", "H-1"],
  ]);
  const lines = split("Part number;Product\nP-2;pump\nS-1;seal\nM-1;motor\n;gone\nX;motor\nY;", ";");

  test("finds the heading and the columns by the table's titles", () => {
    expect(looksLikeHeading(lines, ["Product", "Part number"])).toBe(true);
    expect(guessColumns(lines, ["Product", "Part number"])).toEqual([1, 0]);
  });

  test("says before it happens what it adds, changes, removes and refuses, by line", () => {
    const plan = planImport(lines, rows, { heading: true, keyColumn: 1, valueColumn: 0, replace: true });

    expect(plan.added).toEqual([
      { key: "motor", value: "M-1" },
      { key: "gone", value: "" },
    ]);
    expect(plan.changed).toEqual([{ key: "pump", before: "P-1", value: "P-2" }]);
    expect(plan.removed).toEqual([{ key: "hose", before: "H-1" }]);
    expect(plan.same).toBe(1);
    expect(plan.refused).toEqual([
      { line: 6, message: "repeats the key “motor” of line 4." },
      { line: 7, message: "has no key." },
    ]);
  });

  test("leaves other rows alone unless the file is the whole table", () => {
    const plan = planImport(lines, rows, { heading: true, keyColumn: 1, valueColumn: 0, replace: false });
    expect(plan.removed).toEqual([]);
  });
});

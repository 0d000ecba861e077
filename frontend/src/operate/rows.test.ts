import { describe, expect, test } from "vitest";
import { changesBetween, parsePasted } from "./rows";

describe("rows of a lookup table", () => {
  test("two columns of a spreadsheet become rows", () => {
    expect(parsePasted("prod_1\tLAMP-01\r\nprod_2\tSHADE, large\n\n")).toEqual([
      { key: "prod_1", value: "LAMP-01" },
      { key: "prod_2", value: "SHADE, large" },
    ]);
  });

  test("CSV keeps quoted commas and quotes", () => {
    expect(parsePasted('a,"one, two"\nb,"say ""hi"""')).toEqual([
      { key: "a", value: "one, two" },
      { key: "b", value: 'say "hi"' },
    ]);
  });

  test("a single word that is pasted into a cell is not a row", () => {
    expect(parsePasted("LAMP-01")).toEqual([]);
  });

  test("only what changed is sent", () => {
    const before = [
      { key: "a", value: "1" },
      { key: "b", value: "2" },
    ];
    const after = [
      { key: "a", value: "1" },
      { key: "c", value: "3" },
      { key: "", value: "" },
    ];
    expect(changesBetween(before, after)).toEqual({ set: { c: "3" }, remove: ["b"] });
  });
});

import { describe, expect, test } from "vitest";
import { type Drawn, drawn, linesOf } from "./lines";
import { nearest, parentOf } from "./paths";
import { found, ROW_HEIGHT, rowsOf, windowOf } from "./rows";

const pane = (paths: string[], top = 0) => ({ places: new Map(paths.map((path, at) => [path, at])), top });
const middle = (place: number) => place * ROW_HEIGHT + ROW_HEIGHT / 2;
const ends = (lines: Drawn[]) => lines.map(({ from, to, lines: all }) => [from, to, all.length]);

describe("lines", () => {
  test("run from every source of a rule; those of a formula from the fields it mentions", () => {
    const lines = linesOf([
      { target: "Name", sources: ["item.first", "item.last"] },
      { target: "Note", expression: "'x' ~ item.id" },
      { target: "Web", value: true },
    ]);
    expect(lines.map(({ source, target, kind }) => [source, target, kind])).toEqual([
      ["item.first", "Name", "field"],
      ["item.last", "Name", "field"],
      ["item.id", "Note", "formula"],
    ]);
  });

  test("of a folded branch are gathered into one at the branch", () => {
    const lines = linesOf([
      { target: "A", source: "item.inner.x" },
      { target: "Lines[].B", source: "item.inner.y" },
      { target: "Lines[].C", source: "item.inner.z" },
    ]);
    const shown = drawn(lines, pane(["item", "item.inner"]), pane(["A", "Lines"]), 500);
    expect(ends(shown)).toEqual([
      [middle(1), middle(0), 1],
      [middle(1), middle(1), 2],
    ]);
    expect(shown.every(({ isGathered }) => isGathered)).toBe(true);
  });

  test("end at the edge where their field is scrolled away, and are left out where both are", () => {
    const sources = ["item.a", "item.b", "item.c"];
    const lines = linesOf(sources.map((source, at) => ({ target: `T${at}`, source })));
    const shown = drawn(lines, pane(sources, 2 * ROW_HEIGHT), pane(["T0", "T1", "T2"]), 2 * ROW_HEIGHT);
    expect(ends(shown)).toEqual([
      [0, middle(0), 1],
      [0, middle(1), 1],
      [middle(0), 2 * ROW_HEIGHT, 1],
    ]);
    expect(drawn(lines, pane(sources, 300), pane(["T0", "T1", "T2"], 300), 200)).toEqual([]);
  });

  test("of an item by its number belong to the field of all items", () => {
    const [line] = drawn(
      linesOf([{ target: "A", source: "item.lines[0].x" }]),
      pane(["item.lines[].x"]),
      pane(["A"]),
      99,
    );
    expect(line?.isGathered).toBe(false);
  });
});

describe("paths", () => {
  test("lead up to the nearest field that is known", () => {
    const known = new Set(["steps.a", "steps.a.list"]);
    expect(nearest("steps.a.list[2].x.y", (path) => known.has(path))).toBe("steps.a.list");
    expect(nearest("env.x", (path) => known.has(path))).toBeNull();
    expect(parentOf("Lines[].Part")).toBe("Lines");
  });
});

describe("rows", () => {
  const leaf = (path: string) => ({ path, children: [] });
  const TREE = [{ path: "a", children: [leaf("a.x"), leaf("a.y")] }, leaf("b")];

  test("are what is open, with their places among their siblings", () => {
    const rows = rowsOf(TREE, ({ path }) => path === "a");
    expect(rows.map(({ item, depth, position, siblings }) => [item.path, depth, position, siblings])).toEqual(
      [
        ["a", 0, 1, 2],
        ["a.x", 1, 1, 2],
        ["a.y", 1, 2, 2],
        ["b", 0, 2, 2],
      ],
    );
    expect(rowsOf(TREE, () => false)).toHaveLength(2);
  });

  test("of a search are the hits and what holds them", () => {
    const hits = found(TREE, ({ path }) => path === "a.y");
    expect(rowsOf(hits, () => true).map(({ item }) => item.path)).toEqual(["a", "a.y"]);
  });

  test("are drawn only around what is in sight", () => {
    expect(windowOf(500, 100 * ROW_HEIGHT, 10 * ROW_HEIGHT)).toEqual({ from: 94, to: 116 });
  });
});

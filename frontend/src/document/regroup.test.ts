import { describe, expect, test } from "vitest";
import { aligned } from "./align";
import { apply, type Command } from "./commands";
import { findIn } from "./find";
import { outlineOf, rowsOf } from "./outline";
import { moveAfter, moveBefore, putInto, whyNotInto, wrapInLoop } from "./regroup";
import type { FlowDocument } from "./types";

const map = (id: string, parent?: string) => ({ id, kind: "map", params: {}, ...(parent ? { parent } : {}) });
const ROW: FlowDocument = {
  schema: 1,
  connections: {},
  nodes: [
    { id: "t", kind: "trigger", params: {} },
    map("a"),
    { id: "each", kind: "for_each", params: { items: "x" } },
    map("in1", "each"),
    map("b"),
  ],
  edges: [
    { from: "t", to: "a" },
    { from: "a", to: "each" },
    { from: "each", to: "b" },
  ],
};
const done = (document: FlowDocument, command: Command) => apply(document, command).document;
const edges = (document: FlowDocument) => document.edges.map(({ from, to }) => `${from}>${to}`).sort();
const parents = (document: FlowDocument) =>
  Object.fromEntries(document.nodes.filter(({ parent }) => parent).map(({ id, parent }) => [id, parent]));

describe("moving steps", () => {
  test("into a for-each closes the gap outside and joins the row inside", () => {
    const next = done(ROW, putInto(ROW, ["b"], "each"));
    expect(parents(next)).toEqual({ in1: "each", b: "each" });
    expect(edges(next)).toEqual(["a>each", "in1>b", "t>a"]);
  });

  test("out of a for-each goes on after it when nothing does yet", () => {
    const short = { ...ROW, nodes: ROW.nodes.slice(0, 4), edges: ROW.edges.slice(0, 2) };
    const next = done(short, putInto(short, ["in1"], null));
    expect(parents(next)).toEqual({});
    expect(edges(next)).toEqual(["a>each", "each>in1", "t>a"]);
  });

  test("of a trigger, or of a for-each into itself, is refused with a reason", () => {
    expect(whyNotInto(ROW, ["t"], "each")).toContain("cannot be repeated");
    expect(whyNotInto(ROW, ["each"], "each")).toContain("into itself");
    expect(done(ROW, putInto(ROW, ["t"], "each"))).toBe(ROW);
  });

  test("after and before another keeps one row", () => {
    expect(edges(done(ROW, moveAfter(ROW, "a", "each", null)))).toEqual(["a>b", "each>a", "t>each"]);
    expect(edges(done(ROW, moveBefore(ROW, "b", "a")))).toEqual(["a>each", "b>a", "t>b"]);
  });

  test("a for-each after a step inside it changes nothing", () => {
    expect(done(ROW, moveAfter(ROW, "each", "in1", null))).toBe(ROW);
  });

  test("wrapping puts a new for-each where the steps stood", () => {
    const wrapped = wrapInLoop(ROW, ["a"]);
    const next = done(ROW, wrapped?.command ?? { type: "batch", commands: [] });
    expect(wrapped?.id).toBe("for_each");
    expect(parents(next)).toEqual({ a: "for_each", in1: "each" });
    expect(edges(next)).toEqual(["each>b", "for_each>each", "t>for_each"]);
  });
});

describe("the outline", () => {
  test("goes in flow order, with what a for-each repeats inside it", () => {
    const rows = rowsOf(
      outlineOf(ROW, () => null),
      new Set(),
    );
    expect(rows.map(({ item, level }) => [item.key, level])).toEqual([
      ["t", 1],
      ["a", 1],
      ["each", 1],
      ["in1", 2],
      ["b", 1],
    ]);
  });

  test("names the ways out of a condition and puts what joins again after it", () => {
    const fork: FlowDocument = {
      ...ROW,
      nodes: [
        { id: "k", kind: "condition", params: { branches: [{ port: "refund" }], otherwise: "sale" } },
        map("x"),
        map("y"),
        map("join"),
      ],
      edges: [
        { from: "k", to: "x", port: "refund" },
        { from: "k", to: "y", port: "sale" },
        { from: "x", to: "join" },
        { from: "y", to: "join" },
      ],
    };
    const rows = rowsOf(
      outlineOf(fork, () => null),
      new Set(["k|sale"]),
    );
    expect(rows.map(({ item, level }) => [item.key, level])).toEqual([
      ["k", 1],
      ["k|refund", 2],
      ["x", 3],
      ["k|sale", 2],
      ["join", 1],
    ]);
  });

  test("holds every step once, also when edges go in circles", () => {
    const circle = {
      ...ROW,
      nodes: [map("a"), map("b")],
      edges: [
        { from: "a", to: "b" },
        { from: "b", to: "a" },
      ],
    };
    expect(
      rowsOf(
        outlineOf(circle, () => null),
        new Set(),
      ).map(({ item }) => item.key),
    ).toEqual(["a", "b"]);
  });
});

describe("aligning", () => {
  const placed = {
    ...ROW,
    layout: {
      t: { x: 0, y: 0 },
      a: { x: 300, y: 40 },
      each: { x: 900, y: 0 },
      in1: { x: 920, y: 130 },
      b: { x: 9, y: 9 },
    },
  };

  test("spaces evenly and takes what is inside a for-each along", () => {
    expect(aligned(placed, ["t", "a", "each"], "across")).toEqual({
      t: { x: 0, y: 0 },
      a: { x: 450, y: 40 },
      each: { x: 900, y: 0 },
      in1: { x: 920, y: 130 },
    });
    expect(aligned(placed, ["a", "each"], "bottom").in1).toEqual({ x: 920, y: 170 });
  });

  test("of one step does nothing", () => {
    expect(aligned(placed, ["a"], "left")).toEqual({});
  });
});

describe("finding", () => {
  test("leads to the field that holds the words", () => {
    const document = {
      ...ROW,
      nodes: [{ id: "c", kind: "call", params: { input: { id: "{{ trigger.Body }}" } } }],
    };
    expect(findIn(document, "body", () => "")).toEqual([
      { node: "c", field: "params/input/id", where: "input › id", text: "id: {{ trigger.Body }}" },
    ]);
  });
});

import { describe, expect, test } from "vitest";
import { changesBetween, inWords, merge } from "./merge";
import type { FlowDocument } from "./types";

const node = (id: string, more: object = {}) => ({
  id,
  kind: "map",
  title: id.toUpperCase(),
  params: {},
  ...more,
});
const BASE: FlowDocument = {
  schema: 1,
  connections: { stripe: { connector: "stripe" } },
  nodes: [node("a"), node("b"), node("c")],
  edges: [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
  ],
  layout: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, c: { x: 600, y: 0 } },
};

describe("two people's edits", () => {
  test("of different steps are both kept", () => {
    const mine = { ...BASE, nodes: [node("a", { title: "Mine" }), node("b"), node("c")] };
    const theirs = { ...BASE, nodes: [node("a"), node("b"), node("c", { title: "Theirs" })] };
    const merged = merge(BASE, mine, theirs);
    expect(merged.clashes).toEqual([]);
    expect(merged.document.nodes.map(({ title }) => title)).toEqual(["Mine", "B", "Theirs"]);
  });

  test("of the same step clash, and the step is named", () => {
    const mine = { ...BASE, nodes: [node("a", { title: "Mine" }), node("b"), node("c")] };
    const theirs = { ...BASE, nodes: [node("a", { title: "Theirs" }), node("b"), node("c")] };
    expect(merge(BASE, mine, theirs).clashes).toEqual(["Mine"]);
  });

  test("that add steps and draw edges come together, each step where it was put", () => {
    const mine = { ...BASE, nodes: [node("a"), node("x"), node("b"), node("c")] };
    const theirs = {
      ...BASE,
      nodes: [...BASE.nodes, node("y")],
      edges: [...BASE.edges, { from: "c", to: "y" }],
      settings: { lane: "l" },
    };
    const merged = merge(BASE, mine, theirs).document;
    expect(merged.nodes.map(({ id }) => id)).toEqual(["a", "x", "b", "c", "y"]);
    expect(merged.edges).toEqual(theirs.edges);
    expect(merged.settings).toEqual({ lane: "l" });
  });

  test("that remove a step the other changed clash", () => {
    const mine = { ...BASE, nodes: BASE.nodes.slice(0, 2), edges: BASE.edges.slice(0, 1) };
    const theirs = { ...BASE, nodes: [node("a"), node("b"), node("c", { title: "Changed" })] };
    expect(merge(BASE, mine, theirs).clashes).toEqual(["Changed"]);
    expect(merge(BASE, theirs, mine).clashes).toEqual(["Changed"]);
  });

  test("of a step that both removed, or changed alike, do not clash", () => {
    const both = { ...BASE, nodes: [node("a", { title: "New" }), node("b")], edges: BASE.edges.slice(0, 1) };
    const merged = merge(BASE, both, structuredClone(both));
    expect(merged.clashes).toEqual([]);
    expect(merged.document.nodes).toEqual(both.nodes);
  });

  test("never leave an edge or a parent that leads to a removed step", () => {
    const loop = { ...BASE, nodes: [...BASE.nodes, node("l", { kind: "for_each" })] };
    const mine = { ...loop, nodes: [...loop.nodes, node("in", { parent: "l" })] };
    const theirs = BASE;
    const merged = merge(loop, mine, theirs).document;
    expect(merged.nodes.find(({ id }) => id === "in")).toEqual(node("in"));
  });

  test("are told in words", () => {
    const next = {
      ...BASE,
      nodes: [node("a", { title: "First" }), node("c"), node("d")],
      edges: [],
      notes: [{ id: "n", text: "x", x: 0, y: 0, width: 1, height: 1 }],
    };
    expect(inWords(changesBetween(BASE, next))).toEqual([
      "added “D”",
      "changed “First”",
      "removed “B”",
      "redrew 2 connections",
      "wrote 1 note",
    ]);
  });
});

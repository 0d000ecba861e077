import { describe, expect, test } from "vitest";
import type { Rule } from "@/document/types";
import { covers, fromFields, fromValue, joinedWith, mentioned, sourceKind, withKey, withRule } from "./rules";

describe("a rule", () => {
  test("keeps its transforms and its note when its source changes", () => {
    const rule: Rule = { target: "t", source: "a.b", transforms: [{ fn: "upper" }], note: "n" };
    expect(fromValue(rule, "X")).toEqual({
      target: "t",
      value: "X",
      transforms: [{ fn: "upper" }],
      note: "n",
    });
  });

  test("that gets a second field joins both with a space", () => {
    const rule = joinedWith({ target: "name", source: "item.first" }, "item.last");
    expect(rule).toEqual({
      target: "name",
      sources: ["item.first", "item.last"],
      transforms: [{ fn: "concat", separator: " " }],
    });
    expect(sourceKind(rule)).toBe("sources");
    expect(joinedWith(rule, "item.suffix").transforms).toEqual([{ fn: "concat", separator: " " }]);
  });

  test("with one field left has an ordinary source", () => {
    expect(fromFields({ target: "t", sources: ["a.b", "a.c"] }, ["a.c"])).toEqual({
      target: "t",
      source: "a.c",
    });
  });

  test("loses a key that has nothing to say", () => {
    expect(withKey({ target: "t", source: "a.b", note: "x" }, "note", undefined)).toEqual({
      target: "t",
      source: "a.b",
    });
  });
});

describe("rules", () => {
  const RULES: Rule[] = [
    { target: "Lines[].Part", source: "x" },
    { target: "Name", source: "y" },
  ];

  test("put a new one in the place of what filled the target or its parts", () => {
    expect(withRule(RULES, { target: "Name", source: "z" }).map(({ source }) => source)).toEqual(["x", "z"]);
    expect(withRule(RULES, { target: "Lines", source: "z" }).map(({ target }) => target)).toEqual([
      "Name",
      "Lines",
    ]);
  });

  test("cover a list when they fill one of its parts", () => {
    expect(covers(RULES, "Lines")).toBe(true);
    expect(covers(RULES, "Line")).toBe(false);
  });
});

test("a formula mentions the fields it reads, never the words in its texts", () => {
  expect(mentioned("'steps.no.such ' ~ steps.charge.id ~ (trigger.body.type or item.x[0].y)")).toEqual([
    "steps.charge.id",
    "trigger.body.type",
    "item.x[0].y",
  ]);
});

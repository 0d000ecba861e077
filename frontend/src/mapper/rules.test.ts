import { describe, expect, test } from "vitest";
import type { Rule } from "@/document/types";
import { covers, missingTargets, sourceKind, sourceText, type Target, withSource } from "./rules";

const target = (path: string, required: boolean): Target => ({ path, title: path, type: "string", required });

describe("rules", () => {
  test("a rule keeps its transforms when its source changes", () => {
    const rule: Rule = { target: "t", source: "a.b", transforms: [{ fn: "upper" }] };
    expect(withSource(rule, "value", "X")).toEqual({
      target: "t",
      value: "X",
      transforms: [{ fn: "upper" }],
    });
  });

  test("several sources are written as a list and read back the same", () => {
    const rule = withSource({ target: "name" }, "sources", "steps.a.first, steps.a.last");
    expect(rule.sources).toEqual(["steps.a.first", "steps.a.last"]);
    expect(sourceKind(rule)).toBe("sources");
    expect(sourceText(rule)).toBe("steps.a.first, steps.a.last");
  });

  test("a required list is mapped when one of its parts is", () => {
    const rules: Rule[] = [{ target: "Lines[].Part", source: "x" }];
    expect(covers(rules, "Lines")).toBe(true);
    expect(
      missingTargets(rules, [target("Lines", true), target("Company", true), target("Note", false)]),
    ).toEqual([target("Company", true)]);
  });
});

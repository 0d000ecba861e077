import { describe, expect, test } from "vitest";
import type { TransformSpec } from "@/api/types";
import type { Field } from "@/document/scope";
import { type Choice, choiceOf, choiceText, testOf, testText, typed } from "./conditions";
import { exampleOf, grouped, unsaid } from "./shelves";
import { indexOf } from "./targets";
import { outcomesOf, valueAt, withValues } from "./values";
import { ruleWords, valueWords } from "./words";

const amount: Field = {
  path: "steps.charge.amount",
  label: "amount",
  type: "integer",
  title: "Amount",
  children: [],
};
const charge: Field = {
  path: "steps.charge",
  label: "Fetch the charge",
  type: "object",
  children: [amount],
};
const SPECS: TransformSpec[] = [
  {
    fn: "minor_to_decimal",
    title: "Cents to amount",
    description: "Cents as an amount.",
    group: "Numbers and money",
    params_schema: {},
    example: { value: 88950, params: {}, result: 889.5 },
  },
  {
    fn: "lookup",
    title: "Look up in a table",
    description: "Finds it.",
    group: "Choose and look up",
    params_schema: { required: ["table"] },
    example: { value: " x ", params: {}, result: ["a", "b"] },
  },
];

describe("a line in words", () => {
  test("names the step, the field and what happens on the way", () => {
    const rule = { target: "Amt", source: "steps.charge.amount", transforms: [{ fn: "minor_to_decimal" }] };
    expect(ruleWords(rule, indexOf([charge]), SPECS)).toBe("from Fetch the charge › Amount, cents to amount");
    expect(ruleWords({ target: "Web", value: true }, new Map(), SPECS)).toBe("fixed yes");
  });

  test("shows values as people write them", () => {
    expect(valueWords([{ a: 1 }, { a: 2 }])).toBe("2 items");
    expect(valueWords([1, 2, 3, 4])).toBe("1, 2, 3 …");
    expect(valueWords("")).toBe("empty text");
  });
});

describe("conditions", () => {
  const CHOICES: [Choice, string][] = [
    [
      {
        test: { field: "trigger.body.type", operator: "is", value: "it's" },
        yes: { value: "A" },
        no: { path: "item.x" },
      },
      "'A' if trigger.body.type == 'it\\'s' else item.x",
    ],
    [
      {
        test: { field: "item.lines[0].n", operator: "more", value: 3 },
        yes: { value: true },
        no: { value: null },
      },
      "true if item.lines[0].n > 3 else none",
    ],
    [
      { test: { field: "item.x", operator: "empty", value: "" }, yes: { value: 1 }, no: { value: "" } },
      "1 if not item.x else ''",
    ],
  ];

  test.each(CHOICES)("are written as a formula and read back the same (%#)", (choice, text) => {
    expect(choiceText(choice)).toBe(text);
    expect(choiceOf(text)).toEqual(choice);
  });

  test("that say more stay formulas", () => {
    expect(choiceOf("'a' if item.x == 1 and item.y else 'b'")).toBeNull();
    expect(testOf("'x' in item.tags")).toEqual({ field: "item.tags", operator: "has", value: "x" });
    expect(testText({ field: "item.list[].a", operator: "filled", value: "" })).toBe("item.list[0].a");
  });

  test("know numbers and yes or no, and leave leading zeros to text", () => {
    expect([typed("12.5"), typed("007"), typed("true")]).toEqual([12.5, "007", true]);
  });
});

describe("the catalogue", () => {
  test("is grouped and found by words, examples included", () => {
    expect(grouped(SPECS, "").map(({ name }) => name)).toEqual(["Numbers and money", "Choose and look up"]);
    expect(grouped(SPECS, "889.5 money").flatMap(({ transforms }) => transforms.map(({ fn }) => fn))).toEqual(
      ["minor_to_decimal"],
    );
    expect(grouped(SPECS, "nothing like it")).toEqual([]);
  });

  test("shows spaces and lists in its examples, and knows which parameters are still to say", () => {
    expect(SPECS[1] && exampleOf(SPECS[1])).toEqual({ before: "␣x␣", after: "a | b" });
    expect(unsaid({ fn: "lookup" }, SPECS[1])).toEqual(["table"]);
    expect(unsaid({ fn: "lookup", table: "parts" }, SPECS[1])).toEqual([]);
  });
});

describe("the sample", () => {
  test("puts its values beside the fields and adds those that no schema knows", () => {
    const [step] = withValues([charge], { steps: { charge: { amount: 5, extra: { deep: [1] } } } });
    const known = indexOf(step ? [step] : []);
    expect(known.get("steps.charge.amount")?.sample).toBe(5);
    expect(known.get("steps.charge.extra.deep")?.type).toBe("array");
  });

  test("tells each target its row, the one that was not skipped, and its findings", () => {
    const rules = [
      { target: "A", value: 1, when: "x" },
      { target: "A", value: 2 },
    ];
    const answer = {
      rows: [
        { target: "A", value: null, source: "fixed value", skipped: true },
        { target: "A", value: 2, source: "fixed value" },
      ],
      findings: [{ field: "Lines.0.Part", code: "type", message: "must be text" }],
    };
    const found = outcomesOf(rules, answer as unknown as Parameters<typeof outcomesOf>[1]);
    expect(found.get("A")?.row?.value).toBe(2);
    expect(found.get("Lines[].Part")?.findings[0]?.message).toBe("must be text");
    expect(valueAt({ Lines: [{ Part: "P" }] }, "Lines[].Part")).toBe("P");
  });
});

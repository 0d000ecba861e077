import { describe, expect, test } from "vitest";
import type { JsonSchema } from "@/api/types";
import type { Field } from "@/document/scope";
import type { Value } from "@/document/types";
import { clashOf } from "./clashes";
import { indexOf, targetTree } from "./targets";

const field = (path: string, type: string, sample?: Value, more: Partial<Field> = {}): Field => ({
  path,
  label: path.split(".").at(-1)?.replace("[]", "") ?? path,
  type,
  sample,
  children: [],
  ...more,
});
const target = (name: string, schema: JsonSchema) => {
  const [found] = targetTree({ type: "object", properties: { [name]: schema } }, []);
  if (!found) throw new Error("no target");
  return found;
};
/** The code and the transforms that are offered. */
function clash(source: Field, name: string, schema: JsonSchema, around: Field[] = [], path = name) {
  const found = clashOf(
    source,
    { ...target(name, schema), path },
    { target: path },
    indexOf([...around, source]),
  );
  return found && [found.code, ...found.fixes.map(({ transform }) => transform)];
}

describe("money", () => {
  const currency = field("steps.charge.currency", "string", "usd");
  const amount = field("steps.charge.amount", "integer", 88950);
  const charge = field("steps.charge", "object", undefined, { children: [amount, currency] });

  test("in cents beside a currency becomes an amount by that currency", () => {
    expect(clash(amount, "DocOrderAmt", { type: "number", title: "Amount" }, [charge])).toEqual([
      "minor_units",
      { fn: "minor_to_decimal", currency: "steps.charge.currency" },
    ]);
  });

  test("whose schema speaks of the smallest unit becomes an amount with two decimals where no currency is near", () => {
    const price = field("item.unit", "integer", 1299, {
      about: "Whole number in the currency's smallest unit",
    });
    expect(clash(price, "Price", { type: "number" })).toEqual([
      "minor_units",
      { fn: "minor_to_decimal", exponent: 2 },
    ]);
  });

  test("that the target counts in cents, too, is left alone; an amount is turned into cents for it", () => {
    const cents: JsonSchema = { type: "integer", title: "Amount", description: "In cents." };
    expect(clash(amount, "amount", cents, [charge])).toBeNull();
    expect(clash(field("item.total", "number", 12.5), "amount", cents)).toEqual([
      "decimal_units",
      { fn: "decimal_to_minor", exponent: 2 },
    ]);
  });

  test("is no matter of a quantity", () => {
    expect(
      clash(field("steps.charge.quantity", "integer", 3), "Quantity", { type: "number" }, [charge]),
    ).toBeNull();
  });
});

describe("dates", () => {
  const day: JsonSchema = { type: ["string", "null"], pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00)?$" };

  test("that count seconds or milliseconds are written as the day the target takes", () => {
    expect(clash(field("steps.c.created", "integer", 1763645400), "OrderDate", day)).toEqual([
      "unix_time",
      { fn: "unix_to_date", format: "date" },
    ]);
    expect(
      clash(field("steps.c.created_at", "integer", 1763645400000), "at", {
        type: "string",
        format: "date-time",
      }),
    ).toEqual(["unix_time", { fn: "unix_to_date", format: "datetime", unit: "milliseconds" }]);
  });

  test("written another way are read by their own form", () => {
    expect(clash(field("item.date", "string", "20.11.2025"), "OrderDate", day)).toEqual([
      "date_form",
      { fn: "parse_date", formats: ["%d.%m.%Y"], format: "date" },
    ]);
    expect(clash(field("item.date", "string", "2025-11-20T13:30:00Z"), "OrderDate", day)).toEqual([
      "date_form",
      { fn: "format_date", format: "date" },
    ]);
    expect(clash(field("item.date", "string", "2025-11-20"), "OrderDate", day)).toBeNull();
  });
});

describe("types", () => {
  test.each([
    [
      "text for a number",
      field("a.b", "string", "12"),
      { type: "integer" },
      ["text_for_number", { fn: "number" }],
    ],
    [
      "a number for text",
      field("a.b", "integer", 12),
      { type: "string" },
      ["number_for_text", { fn: "to_text" }],
    ],
    [
      "a word for yes or no",
      field("a.b", "string", "Yes"),
      { type: "boolean" },
      ["word_for_yes_no", { fn: "bool" }],
    ],
    [
      "a fraction for a whole number",
      field("a.b", "number", 1.5),
      { type: "integer" },
      ["fraction", { fn: "round" }],
    ],
    ["a group for one value", field("a.b", "object", {}), { type: "string" }, ["group"]],
  ] as const)("%s", (_name, source, schema, expected) => {
    expect(clash(source, "x", schema as JsonSchema)).toEqual(expected);
  });

  test("of which the target takes several suit when one does", () => {
    expect(clash(field("a.b", "string", "12"), "x", { type: ["number", "string", "null"] })).toBeNull();
  });

  test("that nobody knows suit everything", () => {
    expect(clash(field("a.b", "any"), "x", { type: "string" })).toBeNull();
  });
});

describe("lists", () => {
  test("give one value by their first item, or all as text", () => {
    expect(clash(field("a.lines[].text", "string", "x"), "Comment", { type: "string" })).toEqual([
      "list",
      { fn: "first" },
      { fn: "join", separator: ", " },
    ]);
  });

  test("go into lists item by item", () => {
    expect(
      clash(field("a.lines[].text", "string", "x"), "Comment", { type: "string" }, [], "Lines[].Comment"),
    ).toBeNull();
  });
});

describe("texts", () => {
  test("outside the choices of the target are translated to the nearest choice", () => {
    expect(clash(field("a.b", "string", "Visa"), "card", { type: "string", enum: ["visa", "amex"] })).toEqual(
      ["choice", { fn: "enum", values: { Visa: "visa" } }],
    );
  });

  test("that are too long are shortened, currency codes in small letters capitalised", () => {
    expect(clash(field("a.b", "string", "abcdef"), "x", { type: "string", maxLength: 4 })).toEqual([
      "too_long",
      { fn: "truncate", length: 4 },
    ]);
    expect(clash(field("a.currency", "string", "usd"), "CurrencyCode", { type: "string" })).toEqual([
      "lower_case",
      { fn: "upper" },
    ]);
  });
});

test("a rule with a chain is taken to know what it does", () => {
  const rule = { target: "x", transforms: [{ fn: "number" }] };
  expect(clashOf(field("a.b", "string", "12"), target("x", { type: "integer" }), rule, new Map())).toBeNull();
});

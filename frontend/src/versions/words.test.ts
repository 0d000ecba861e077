import { describe, expect, test } from "vitest";
import type { Connector, NodeKinds } from "@/api/types";
import { difference } from "@/document/differences";
import type { FlowDocument, FlowNode } from "@/document/types";
import { CONNECTORS, NODE_KINDS } from "../../dev/catalog.mjs";
import { pictureOf } from "./marks";
import { ruleWords, valueWords } from "./values";
import { itemsOf, summaryOf } from "./words";

const KINDS = NODE_KINDS as unknown as NodeKinds;
const KNOWN = CONNECTORS as unknown as Connector[];

function documentOf(nodes: FlowNode[], more: Partial<FlowDocument> = {}): FlowDocument {
  return {
    schema: 1,
    connections: { epicor: { connector: "epicor_kinetic" } },
    nodes,
    edges: [],
    layout: {},
    ...more,
  };
}
const map = (rules: unknown[]): FlowNode => ({
  id: "order",
  kind: "map",
  title: "Map",
  params: { rules } as never,
});
const create: FlowNode = {
  id: "create",
  kind: "call",
  params: { connection: "epicor", operation: "create_sales_order", input: "{{ steps.order }}" },
};
const itemsBetween = (before: FlowDocument, after: FlowDocument) =>
  itemsOf(difference(before, after), { before, after, kinds: KINDS, connectors: KNOWN });

describe("a difference in words", () => {
  test("names a rule by its target's title and says what became of source and transforms", () => {
    const before = documentOf([map([{ target: "PONum", source: "steps.charge.amount" }]), create]);
    const cents = { fn: "minor_to_decimal", currency: "steps.charge.currency" };
    const after = documentOf([
      map([{ target: "PONum", source: "steps.charge.amount_captured", transforms: [cents] }]),
      create,
    ]);
    const [item] = itemsBetween(before, after);
    const title = KINDS.transforms.find(({ fn }) => fn === "minor_to_decimal")?.title.toLowerCase();
    expect(item?.mark).toBe("changed");
    expect(item?.rows[0]?.sentence).toBe(
      `source charge.amount → charge.amount_captured, ${title} (charge.currency) added`,
    );
    expect(item?.rows[0]?.before).toBe("charge.amount");
  });

  test("says the values of other fields before and after", () => {
    const after = { ...create, title: "Create it", retry: { attempts: 5 } };
    const [item] = itemsBetween(documentOf([create]), documentOf([after]));
    expect(item?.rows.map(({ label, before, after }) => [label, before, after])).toEqual([
      ["Retry", null, "attempts: 5"],
      ["Title", null, "Create it"],
    ]);
  });

  test("tells which for-each a step was moved into", () => {
    const loop: FlowNode = { id: "lines", kind: "for_each", title: "Each line", params: {} };
    const items = itemsBetween(
      documentOf([loop, create]),
      documentOf([loop, { ...create, parent: "lines" }]),
    );
    expect(items[0]?.rows[0]).toMatchObject({
      label: "Repeated inside",
      before: "no for-each",
      after: "“Each line”",
    });
  });

  test("of a step that only lost a line names the line", () => {
    const edge = { from: "order", to: "create" };
    const items = itemsBetween(
      documentOf([map([]), create], { edges: [edge] }),
      documentOf([map([]), create]),
    );
    expect(items.map(({ key, rows }) => [key, rows[0]?.label, rows[0]?.before])).toEqual([
      ["order", "Leads to", "“create”"],
      ["create", "Comes from", "“Map”"],
    ]);
  });

  test("is summed up in one line", () => {
    const counts = { added: 2, removed: 0, changed: 1, edges: 0, fields: 3 };
    expect(summaryOf({ counts })).toBe("2 steps added, 1 changed, 3 fields");
    expect(summaryOf({ counts: { ...counts, added: 0, fields: 1, edges: 2 } })).toBe(
      "1 step changed, 1 field, 2 lines between steps",
    );
    expect(summaryOf({ counts: { added: 0, removed: 0, changed: 0, edges: 0, fields: 0 } })).toBe(
      "nothing changed",
    );
  });
});

describe("values in words", () => {
  test.each([
    ["{{ steps.charge.id }}", "charge.id"],
    ["Stripe {{ trigger.body.id }}", "Stripe ‹event.id›"],
    [true, "yes"],
    [null, "nothing"],
    [["a", 1], "a, 1"],
    [{ a: "" }, "a: empty text"],
  ])("%j", (value, words) => {
    expect(valueWords(value as never)).toBe(words);
  });

  test("a rule with everything", () => {
    const rule = { target: "x", value: 1, default: 0, when: "trigger.body.paid" };
    expect(ruleWords(rule, [])).toBe("always 1, else 0, only when trigger.body.paid");
  });
});

describe("the picture of two documents", () => {
  test("shows what was removed where it stood, or below what stands there now", () => {
    const before = documentOf([map([]), create], {
      layout: { order: { x: 0, y: 0 }, create: { x: 300, y: 0 } },
    });
    const after = documentOf([map([])], { layout: { order: { x: 300, y: 0 } } });
    const picture = pictureOf(before, after, difference(before, after));
    expect([...picture.nodes]).toEqual([
      ["order", "same"],
      ["create", "removed"],
    ]);
    expect(picture.document.layout?.create).toEqual({ x: 300, y: 92 });
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Fact } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { edgeState, fold, foldAll, NOTHING_YET, nodeViews, parsePath } from "./fold";
import { storyOf } from "./story";
import { append } from "./useFacts";

interface History {
  title: string;
  document: FlowDocument;
  facts: Fact[];
  expected: { status: string; steps: Record<string, string> };
}

const FOLDER = join(process.cwd(), "../tests/engine/histories");
const HISTORIES: [string, History][] = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as History])
  : [];

/** The engine's own words for what the screen tells apart further. */
const ENGINE: Record<string, string> = { retrying: "waiting", uncertain: "failed" };

describe("the engine's histories", () => {
  test("are there", () => {
    expect(HISTORIES.length).toBeGreaterThan(10);
  });

  test.each(HISTORIES)("%s folds into the statuses that the engine expects", (_name, history) => {
    const { steps } = foldAll(history.facts);
    const folded = Object.fromEntries(
      Object.keys(history.expected.steps).map((path) => {
        const status = steps.get(path)?.status ?? "pending";
        return [path, ENGINE[status] ?? status];
      }),
    );
    expect(folded).toEqual(history.expected.steps);
  });

  test.each(HISTORIES)("%s can be gone through fact by fact", (_name, history) => {
    let state = NOTHING_YET;
    history.facts.forEach((fact, at) => {
      state = fold(state, fact);
      expect(state).toEqual(foldAll(history.facts, at + 1));
      expect(nodeViews(history.document, state).size).toBe(history.document.nodes.length);
    });
  });
});

const DOCUMENT: FlowDocument = {
  schema: 1,
  connections: {},
  nodes: [
    { id: "start", kind: "trigger", params: {} },
    { id: "kind", kind: "condition", title: "Which kind?", params: { branches: [{ port: "a", when: "x" }] } },
    { id: "each", kind: "for_each", params: {} },
    { id: "leaf", kind: "map", parent: "each", params: {} },
    { id: "other", kind: "call", title: "Tell the ERP", params: {} },
  ],
  edges: [
    { from: "start", to: "kind" },
    { from: "kind", port: "a", to: "each" },
    { from: "kind", port: "otherwise", to: "other" },
  ],
};
const at = "2026-11-20T10:00:00Z";
const FACTS: Fact[] = [
  { type: "run_admitted", at, trigger_node: "start", event_id: "evt_1" },
  { type: "step_succeeded", at, step: "kind", attempt: 1, port: "a", output: { port: "a" } },
  { type: "step_skipped", at, step: "other" },
  { type: "step_opened", at, step: "each", count: 3, items: [1, 2, 3] },
  { type: "step_succeeded", at, step: "each[0].leaf", attempt: 1, port: "out", output: 1 },
];

describe("what the canvas shows", () => {
  test("the way that was taken is lit and the other one is dead", () => {
    const state = foldAll(FACTS);
    const views = nodeViews(DOCUMENT, state);
    const states = DOCUMENT.edges.map((edge) => edgeState(edge, state, views));
    expect(states).toEqual(["lit", "lit", "dead"]);
  });

  test("a for-each counts the items that are done", () => {
    const view = nodeViews(DOCUMENT, foldAll(FACTS)).get("each");
    expect(view).toMatchObject({ status: "running", count: 3, done: 1 });
  });

  test("a path names its node, its for-each and its item", () => {
    expect(parsePath("outer[1].inner[0].leaf")).toEqual({ node: "leaf", loop: "outer[1].inner", index: 0 });
    expect(parsePath("each")).toEqual({ node: "each", loop: null, index: null });
  });

  test("earlier facts never change the state that was folded from them", () => {
    const before = foldAll(FACTS, 3);
    const copy = structuredClone(before.steps);
    fold(before, FACTS[3] as Fact);
    expect(before.steps).toEqual(copy);
  });
});

describe("the story", () => {
  test("says what happened in sentences that lead to their facts", () => {
    const refused = { class: "rejected", code: "no", message: "The part is unknown." };
    const facts: Fact[] = [
      ...FACTS,
      { type: "step_failed", at, step: "other", attempt: 1, error: refused, retry_at: null, port: null },
      { type: "run_finished", at, status: "failed", error: refused },
    ];
    expect(storyOf(facts, DOCUMENT).map(({ text, fact }) => [fact, text])).toEqual([
      [1, "The event was accepted."],
      [2, "Which kind? a."],
      [4, "each: 3 items."],
      [6, "Tell the ERP: The part is unknown."],
      [7, "The run failed."],
    ]);
  });

  test("tells once what happened alike to many items", () => {
    const refused = { class: "rejected", code: "no", message: "The part is unknown." };
    const facts: Fact[] = [0, 1, 2, 3, 4].map((index) => ({
      type: "step_failed",
      at,
      step: `each[${index}].leaf`,
      attempt: 1,
      error: refused,
      retry_at: null,
      port: null,
    }));
    expect(storyOf(facts, DOCUMENT).map(({ text, fact }) => [fact, text])).toEqual([
      [1, "leaf, 5 items: The part is unknown."],
    ]);
    expect(storyOf(facts.slice(0, 2), DOCUMENT)).toHaveLength(2);
  });

  test("an effect that was found is not told as made", () => {
    const facts: Fact[] = [
      { type: "call_made", at, step: "other", attempt: 2, record: { found: true }, error: null },
    ];
    expect(storyOf(facts, DOCUMENT)[0]?.text).toBe(
      "Tell the ERP: was found in the other system, and not made a second time.",
    );
  });
});

describe("facts that arrive", () => {
  const row = (seq: number) => ({ seq, facts: [{ type: "step_skipped", at, step: `s${seq}` }] });
  const none = { facts: [], last: 0, finished: false };

  test("are taken once and in order, whatever order they come in", () => {
    const held = append(append(none, [row(2), row(1)]), [row(2), row(3)]);
    expect(held.facts.map(({ step }) => step)).toEqual(["s1", "s2", "s3"]);
  });

  test("after a gap are left for the next reading", () => {
    expect(append(append(none, [row(1)]), [row(3)]).last).toBe(1);
  });
});

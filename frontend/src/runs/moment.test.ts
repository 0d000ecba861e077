/** Moments in words, time laid out, lanes, and the walk from step to step. */
import { describe, expect, test } from "vitest";
import type { Effect, Fact, Run } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { lanesOf } from "./lanes";
import { exactClock, factWords, momentWords, scaleOf } from "./moment";
import { effectsAt, nextStep } from "./RunPage";
import { histories, recorded } from "./recorded";
import { merged } from "./useLiveRuns";

const document: FlowDocument = {
  schema: 1,
  connections: {},
  nodes: [
    { id: "in", kind: "trigger", params: {} },
    { id: "order", kind: "call", title: "Create order", params: {} },
  ],
  edges: [{ from: "in", to: "order" }],
};
const at = (ms: number) => new Date(Date.parse("2026-11-20T10:00:00Z") + ms).toISOString();
const error = { class: "try_again", code: "down", message: "The ERP is down." };
const FACTS: Fact[] = [
  { type: "run_admitted", at: at(0), trigger_node: "in" },
  { type: "step_started", at: at(10), step: "order", attempt: 1 },
  {
    type: "call_made",
    at: at(30),
    step: "order",
    attempt: 1,
    error,
    record: { exchanges: [{ duration_ms: 15 }] },
  },
  { type: "step_failed", at: at(31), step: "order", attempt: 1, error, retry_at: at(1400), port: null },
  { type: "step_started", at: at(1400), step: "order", attempt: 2 },
  { type: "step_succeeded", at: at(1420), step: "order", attempt: 2, port: "out" },
  { type: "run_finished", at: at(1421), status: "succeeded" },
];

describe("a moment", () => {
  test("is said with its time, how far the run was, and what happened", () => {
    expect(momentWords(FACTS, 5, document)).toBe(
      `${exactClock(at(1400))}, 1.4 s in: Create order was tried a second time`,
    );
    expect(momentWords(FACTS, 4, document)).toContain(
      "did not work and will be tried again: The ERP is down.",
    );
    expect(momentWords([], 0, document)).toBe("Reading what happened …");
  });

  test.each(histories())("%s has words for each of its facts", (_name, history) => {
    for (const fact of history.facts) expect(factWords(fact, history.document)).toMatch(/^[^_{}]+$/);
  });
});

describe("time", () => {
  test("laid out evenly gives dense parts more room than true time does", () => {
    const share = (even: boolean) => scaleOf(FACTS, even).at(Date.parse(at(31)));
    expect(share(false)).toBeCloseTo(31 / 1421, 5);
    expect(share(true)).toBeGreaterThan(0.3);
  });

  test("leads from a place back to the fact that stands there", () => {
    for (const even of [true, false]) {
      const scale = scaleOf(FACTS, even);
      const found = FACTS.map((fact) => scale.factAt(scale.at(Date.parse(fact.at))));
      expect(found).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
  });

  test("of a run with one fact or none stands still", () => {
    expect(scaleOf([], true).at(5)).toBe(0);
    expect(scaleOf(FACTS.slice(0, 1), true).at(5)).toBe(0);
  });
});

describe("lanes", () => {
  test("show attempts, calls and the wait between two tries", () => {
    const order = lanesOf(FACTS, document).find(({ node }) => node === "order");
    const bars = order?.bars.map(({ kind, tone, from, to }) => [kind, tone, to - from]);
    expect(bars).toEqual([
      ["attempt", "good", 20],
      ["attempt", "wait", 21],
      ["call", "bad", 15],
      ["wait", "wait", 1369],
    ]);
  });

  test("leave out what was skipped, and show what still runs up to now", () => {
    const cash = recorded("order-to-cash");
    expect(lanesOf(cash.facts, cash.document).map(({ node }) => node)).not.toContain("receipt");
    const running = lanesOf(FACTS.slice(0, 3), document).find(({ node }) => node === "order");
    expect(running?.bars.at(-1)).toMatchObject({ kind: "attempt", tone: "busy" });
  });
});

test("walking by steps passes over the facts of the same step", () => {
  expect(nextStep(FACTS, 1, 1)).toBe(2);
  expect(nextStep(FACTS, 2, 1)).toBe(7);
  expect(nextStep(FACTS, 6, -1)).toBe(1);
  expect(nextStep(FACTS, 7, 1)).toBe(7);
});

test("the ledger is shown as it stood", () => {
  const effect = { id: "e", status: "done", created_at: at(10), settled_at: at(30) } as Effect;
  expect(effectsAt([effect], at(5))).toEqual([]);
  expect(effectsAt([effect], at(20))).toMatchObject([{ status: "intended", settled_at: null }]);
  expect(effectsAt([effect], at(30))).toEqual([effect]);
});

describe("runs that arrive while the list is read", () => {
  const run = (id: string, status = "running") => ({ id, status }) as Run;
  const held = { pages: [{ items: [run("b"), run("a")], next: "x" }], pageParams: [""] };

  test("change in their place, and new ones come first", () => {
    const { pages } = merged(held, [run("c"), run("a", "failed")]);
    expect(pages[0]?.items.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "c running",
      "b running",
      "a failed",
    ]);
  });
});

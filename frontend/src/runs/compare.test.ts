/** Two runs held against each other. */
import { describe, expect, test } from "vitest";
import type { Fact } from "@/api/types";
import { compareRuns, differences, type Side } from "./compare";
import { foldAll } from "./fold";
import { histories, recorded } from "./recorded";

const { document, facts } = recorded("order-to-cash");
const side = (changed: Fact[]): Side => ({ state: foldAll(changed), document });
const differing = (left: Side, right: Side) =>
  compareRuns(left, right)
    .filter(({ words }) => words.length > 0)
    .map(({ path, words }) => `${path}: ${words.join("; ")}`);

describe("comparing", () => {
  test("a run with itself finds nothing", () => {
    expect(differing(side(facts), side(facts))).toEqual([]);
  });

  test.each(histories())("%s with itself finds nothing", (_name, history) => {
    const same: Side = { state: foldAll(history.facts), document: history.document };
    expect(differing(same, same)).toEqual([]);
  });

  test("names the fields of inputs and of requests that differ", () => {
    const other = JSON.parse(JSON.stringify(facts).replaceAll("SEAL-415", "SEAL-416")) as Fact[];
    const found = compareRuns(side(facts), side(other));
    const order = found.find(({ path }) => path === "create_order");
    expect(order?.fields[0]).toMatchObject({
      part: "input",
      path: ["OrderDtls", 1, "PartNum"],
      left: "SEAL-415",
      right: "SEAL-416",
    });
    expect(order?.words[0]).toBe("1 field of the input differs");
    expect(order?.fields.some(({ part, label }) => part === "call" && label === "POST MasterUpdate")).toBe(
      true,
    );
  });

  test("says which steps ran in only one of them", () => {
    const cut = facts.filter(({ step, type }) => step !== "write_back" && type !== "run_finished");
    expect(differing(side(facts), side(cut))).toEqual(["write_back: ran only in the first run"]);
  });

  test("says that a replay used the first answer again", () => {
    const replay = facts.map((fact) =>
      fact.type === "call_made" && fact.step === "create_deposit"
        ? { ...fact, record: { ...(fact.record as object), reused: true, exchanges: [] } }
        : fact,
    );
    expect(differing(side(facts), side(replay))).toEqual([
      "create_deposit: used the first answer again in the second run, nothing was sent",
    ]);
  });

  test("says how often steps were tried and how they ended", () => {
    const error = { class: "try_again", code: "down", message: "The ERP is down." };
    const at = facts[10]?.at ?? "";
    const trouble: Fact[] = [
      { type: "step_started", at, step: "charge", attempt: 2 },
      { type: "step_failed", at, step: "charge", attempt: 2, error, retry_at: null, port: null },
    ];
    const [first] = differing(side(facts), side([...facts.slice(0, 9), ...trouble]));
    expect(first).toContain(
      "charge: succeeded in the first run, failed in the second; was tried once first, twice then",
    );
  });

  test("says which choices were made differently", () => {
    const other = facts.map((fact) => (fact.step === "basket" ? { ...fact, port: "on_account" } : fact));
    expect(differing(side(facts), side(other))).toEqual(["basket: chose “order” first, “on_account” then"]);
  });

  test("says which version has a step", () => {
    const shorter = { ...document, nodes: document.nodes.filter(({ id }) => id !== "write_back") };
    const right = { state: foldAll(facts.filter(({ step }) => step !== "write_back")), document: shorter };
    expect(differing(side(facts), right)).toEqual(["write_back: only the first run’s version has this step"]);
  });
});

test("values differ by their leaves, also where one has none", () => {
  expect(differences({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3], c: null })).toEqual([
    { path: ["b", 1], left: 2, right: 3 },
    { path: ["c"], left: undefined, right: null },
  ]);
  expect(differences(undefined, { a: 1 })).toEqual([{ path: ["a"], left: undefined, right: 1 }]);
});

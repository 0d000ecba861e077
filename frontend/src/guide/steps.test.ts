import { beforeEach, describe, expect, test } from "vitest";
import { deedsOf, STEPS } from "./steps";
import { isComplete, useGuide } from "./store";

const BASE = "/api/v1/tenants/demo";
const asked = (method: string, path: string, body?: unknown, status = 200) =>
  deedsOf({ method, path: `${BASE}/${path}`, body, status });

describe("what a request has done", () => {
  test("a saved draft with a trigger, a call and a mapping", () => {
    const nodes = [
      { kind: "trigger" },
      { kind: "call" },
      { kind: "map", params: { rules: [{ target: "Name" }] } },
    ];
    expect(asked("PATCH", "flows/flow_1/", { document: { nodes } })).toEqual({
      done: ["trigger", "call", "map"],
      flow: "flow_1",
    });
  });

  test("a map step without a rule maps nothing yet", () => {
    const nodes = [{ kind: "map", params: { rules: [] } }];
    expect(asked("PATCH", "flows/flow_1/", { document: { nodes } }).done).toEqual([]);
  });

  test.each([
    ["POST", "flows/flow_1/test-step/", { mode: "whole" }, ["test"]],
    ["POST", "flows/flow_1/test-step/", { mode: "look" }, []],
    ["POST", "flows/flow_1/versions/", {}, ["publish"]],
    ["POST", "flows/flow_1/deployments/", {}, ["deploy"]],
    ["GET", "runs/run_1/", undefined, ["run"]],
    ["GET", "runs/stats/?environment=sandbox", undefined, []],
    ["GET", "flows/flow_1/versions/", undefined, []],
  ])("%s %s", (method, path, body, done) => {
    expect(asked(method, path, body).done).toEqual(done);
  });

  test("a refused request has done nothing", () => {
    expect(asked("POST", "flows/flow_1/versions/", {}, 422).done).toEqual([]);
  });
});

describe("how far one has come", () => {
  beforeEach(() => localStorage.clear());

  test("is kept by person and tenant, put away and taken up again", () => {
    useGuide.getState().open("demo.ana");
    useGuide.getState().start();
    useGuide.getState().note(["trigger"], "flow_1");
    useGuide.getState().putAway();

    useGuide.getState().open("demo.ben");
    expect(useGuide.getState()).toMatchObject({ state: "offered", done: [], flow: null });
    useGuide.getState().open("demo.ana");
    expect(useGuide.getState()).toMatchObject({ state: "away", done: ["trigger"], flow: "flow_1" });
    useGuide.getState().start();
    expect(useGuide.getState()).toMatchObject({ state: "running", done: ["trigger"] });
  });

  test("nothing is noted before the guide was asked for", () => {
    useGuide.getState().open("demo.cleo");
    useGuide.getState().note(["trigger"], "flow_1");
    expect(useGuide.getState().done).toEqual([]);
  });

  test("ends with the eighth step", () => {
    expect(STEPS).toHaveLength(8);
    expect(isComplete(STEPS.map(({ name }) => name))).toBe(true);
  });
});

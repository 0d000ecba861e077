/** The eight steps of a first flow: what each is for, where its control is, and by which deed it is done. Pure. */
import type { Finished } from "@/api/client";

export type StepName = "sandbox" | "trigger" | "call" | "map" | "test" | "publish" | "deploy" | "run";

export interface GuideStep {
  name: StepName;
  title: string;
  help: string;
  /** The page of the control; a step of the flow goes to the flow once there is one. */
  page: "sandbox" | "flow" | "runs";
  /** Controls in the order of preference. */
  targets: string[];
}

const id = (name: string) => `[data-testid="${name}"]`;

export const STEPS: GuideStep[] = [
  {
    name: "sandbox",
    title: "Look at the sandbox",
    help: "Simulated systems with books of their own. Nothing you do there touches the real world.",
    page: "sandbox",
    targets: ['[data-testid^="play-"]', id("nav-sandbox")],
  },
  {
    name: "trigger",
    title: "Draw a trigger",
    help: "What begins the flow, such as “Customer created” in Stripe. Choose one in the palette.",
    page: "flow",
    targets: [id("palette-search"), id("new-flow")],
  },
  {
    name: "call",
    title: "Add a call",
    help: "What the flow does elsewhere, such as “Create a customer” in Epicor. It is in the palette, too.",
    page: "flow",
    targets: [id("palette-search"), id("new-flow")],
  },
  {
    name: "map",
    title: "Map the fields",
    help: "Which field of the event fills which field of the call. Add “Map” and open its mapper.",
    page: "flow",
    targets: [id("open-mapper"), id("palette-kind:map"), id("palette-search")],
  },
  {
    name: "test",
    title: "Test it in the sandbox",
    help: "Sends one event through your draft and shows what each step made of it.",
    page: "flow",
    targets: [id("test-flow"), id("run-now")],
  },
  {
    name: "publish",
    title: "Publish a version",
    help: "A version never changes again, so that you always know what ran.",
    page: "flow",
    targets: [id("publish")],
  },
  {
    name: "deploy",
    title: "Deploy it to the sandbox",
    help: "Puts the version to work: it takes real events of the simulated systems from now on.",
    page: "flow",
    targets: [id("deploy"), id("deploy-published")],
  },
  {
    name: "run",
    title: "See its run",
    help: "Play a scenario in the sandbox, or start the flow by hand, then open the run.",
    page: "runs",
    targets: ['[data-testid^="run-row-"]', id("nav-runs")],
  },
];

interface Node {
  kind?: string;
  params?: { rules?: unknown[] };
}

/** Which steps a finished request has done, and the flow it was about. */
export function deedsOf(finished: Finished): { done: StepName[]; flow?: string } {
  if (finished.status < 200 || finished.status >= 300) return { done: [] };
  const rest = /^\/api\/v1\/tenants\/[^/]+\/([^?]*)/.exec(finished.path)?.[1] ?? "";
  const [area, flow, part] = rest.split("/");
  if (area === "runs" && flow?.startsWith("run_") && finished.method === "GET" && !part)
    return { done: ["run"] };
  if (area !== "flows" || !flow || finished.method === "GET") return { done: [] };
  if (finished.method === "PATCH" && !part) return { done: drawn(finished.body), flow };
  if (finished.method !== "POST") return { done: [] };
  const body = finished.body as { mode?: string } | undefined;
  if (part === "test-step") return { done: body?.mode === "look" ? [] : ["test"], flow };
  const deeds: Record<string, StepName> = {
    tests: "test",
    run: "test",
    versions: "publish",
    deployments: "deploy",
  };
  const deed = deeds[part ?? ""];
  return deed ? { done: [deed], flow } : { done: [] };
}

function drawn(body: unknown): StepName[] {
  const nodes = (body as { document?: { nodes?: Node[] } } | undefined)?.document?.nodes ?? [];
  const done: StepName[] = [];
  if (nodes.some(({ kind }) => kind === "trigger")) done.push("trigger");
  if (nodes.some(({ kind }) => kind === "call")) done.push("call");
  if (nodes.some(({ kind, params }) => kind === "map" && (params?.rules?.length ?? 0) > 0)) done.push("map");
  return done;
}

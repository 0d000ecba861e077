/** The order in which a test came through the steps, and what became of each in a few words. Pure. */
import type { FlowDocument, FlowNode } from "@/document/types";
import type { NodeView, RunState, StepState } from "@/runs/fold";
import { duration } from "@/ui/time";

const REACHED = (view: NodeView | undefined) =>
  view !== undefined && view.paths.length > 0 && view.status !== "pending";

/** Steps in the order in which they began; those not reached come last, as drawn. */
export function orderOf(
  document: FlowDocument,
  views: ReadonlyMap<string, NodeView>,
  finished: boolean,
): FlowNode[] {
  const begun = [...views.entries()].filter(([, view]) => REACHED(view)).map(([id]) => id);
  const place = (node: FlowNode) => {
    const at = begun.indexOf(node.id);
    return at < 0 ? begun.length : at;
  };
  const nodes = [...document.nodes].sort((a, b) => place(a) - place(b));
  return finished
    ? nodes.filter((node) => REACHED(views.get(node.id)) || !hasParentLeftOut(node, views))
    : nodes;
}

/** What is inside a for-each without items never begins, and says nothing. */
function hasParentLeftOut(node: FlowNode, views: ReadonlyMap<string, NodeView>): boolean {
  return node.parent !== undefined && !REACHED(views.get(node.id));
}

export function outcomeOf(
  node: FlowNode,
  view: NodeView | undefined,
  state: RunState,
  answered: boolean,
): string {
  const step = view?.paths[0] ? state.steps.get(view.paths[0]) : undefined;
  if (!view || !step || step.status === "pending") return "not reached";
  if (node.kind === "trigger") return "accepted";
  if (view.status === "skipped") return "no way led here";
  const failure = worstOf(view, state);
  if (failure?.error) return failure.error.message;
  if (view.count !== undefined)
    return `${view.done ?? 0} of ${view.count} ${view.count === 1 ? "item" : "items"}`;
  if (view.status !== "succeeded") return view.status;
  if (answered) return "answered with its kept output";
  if (node.kind === "condition" && step.port) return `went by “${step.port}”`;
  const times = view.paths.length > 1 ? `${view.paths.length} times, ` : "";
  return `${times}${lasted(step)}${(view.attempts ?? 1) > 1 ? `, ${view.attempts} attempts` : ""}`;
}

function worstOf(view: NodeView, state: RunState): StepState | undefined {
  return view.paths
    .flatMap((path) => state.steps.get(path) ?? [])
    .find(({ status }) => ["failed", "uncertain", "retrying"].includes(status));
}

function lasted(step: StepState): string {
  const first = step.attempts[0]?.startedAt;
  const last = step.attempts.at(-1)?.endedAt;
  return first && last ? duration(Date.parse(last) - Date.parse(first)) : "done";
}

/** Runs the tests of a flow against the draft on screen; what a result says in a few words. */
import { api } from "@/api/client";
import { testsKey, useRefresh, useTenantPath } from "@/api/queries";
import type { FlowTest, TestResult } from "@/api/trials";
import { useEditor } from "@/canvas/editor";
import { tellError } from "@/ui/notify";
import { useTrialValue } from "./store";

/** Runs these tests, or all; results of others stay. */
export function useTestRuns(): (tests?: string[]) => Promise<void> {
  const editor = useEditor();
  const { store, flow } = useTrialValue();
  const path = useTenantPath();
  const refresh = useRefresh();
  return async (tests) => {
    const drawn = editor.store.getState().document;
    store.setState({ testing: true });
    try {
      const answer = await api.post<{ results: TestResult[] }>(path(`${testsKey(flow.id)}run/`), {
        document: drawn,
        ...(tests ? { tests } : {}),
      });
      const kept = (store.getState().tests?.results ?? []).filter(
        ({ test }) => tests && !tests.includes(test),
      );
      store.getState().clear();
      store.getState().showTests([...answer.results, ...kept], drawn);
      void refresh(testsKey(flow.id));
    } catch (error) {
      store.setState({ testing: false });
      tellError(error, "The tests were not run");
    }
  };
}

/** How a test came out last while this flow was open. */
export function resultOf(test: FlowTest, latest: TestResult[] | undefined): TestResult | null {
  return latest?.find((result) => result.test === test.id) ?? null;
}

export function verdictOf(result: TestResult | null): string {
  if (!result) return "not run yet";
  if (result.ok) return "as expected";
  if (result.error && result.differences.length === 0) return result.error.message;
  const steps = new Set(result.differences.map(({ step }) => step)).size;
  const values = result.differences.length;
  return `${values} ${values === 1 ? "value differs" : "values differ"} in ${steps} ${steps === 1 ? "step" : "steps"}`;
}

/** How the draft's saved tests stand, for whoever is about to publish: played when shown, nothing is sent. */
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { tenantPath, testsKey, useTestsOf } from "@/api/queries";
import type { TestResult } from "@/api/trials";
import { useTenant } from "@/app/tenant";
import { StatusBadge } from "@/ui/status";
import classes from "./trial.module.css";

export function TestsBadge({ flow }: { flow: string }) {
  const { slug } = useTenant();
  const tests = useTestsOf(flow).data;
  const played = useQuery<{ results: TestResult[] }>({
    queryKey: [slug, `${testsKey(flow)}run/`],
    queryFn: () => api.post(tenantPath(slug, `${testsKey(flow)}run/`), {}),
    enabled: (tests?.length ?? 0) > 0,
    staleTime: 0,
    gcTime: 0,
  });
  if (tests?.length === 0)
    return <span className="faint">This flow has no tests yet. Save a run that went well as one.</span>;
  const results = played.data?.results;
  if (!results) return <span className="faint">{played.isError ? "not known" : "the tests run…"}</span>;
  const failed = results.filter(({ ok }) => !ok);
  const words =
    failed.length === 0
      ? `${results.length} of ${results.length} as expected`
      : `${failed.length} of ${results.length} not as expected`;
  return (
    <span className={classes.badge} data-testid="tests-badge" data-ok={failed.length === 0}>
      <StatusBadge status={failed.length === 0 ? "succeeded" : "failed"} word={words} />
      {failed.length > 0 && <span className="truncate">{failed.map(({ name }) => name).join(", ")}</span>}
    </span>
  );
}

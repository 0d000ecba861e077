/** The flow of one run on a small stage, lit as its facts arrive. */
import { useMemo } from "react";
import { useConnectors, useNodeKinds, useRun } from "@/api/queries";
import { columnsFor, tidy } from "@/document/layout";
import { foldAll, nodeViews } from "@/runs/fold";
import { RunCanvas } from "@/runs/RunCanvas";
import { useFacts } from "@/runs/useFacts";

const nothing = () => {};

export default function LiveFlow({ runId }: { runId: string }) {
  const run = useRun(runId);
  const connectors = useConnectors().data ?? [];
  const kinds = useNodeKinds().data?.items ?? [];
  const { facts } = useFacts(runId, false);
  const stored = run.data?.document;
  const document = useMemo(
    () => stored && { ...stored, layout: tidy(stored, columnsFor(stored, 4, 3)) },
    [stored],
  );
  const state = useMemo(() => foldAll(facts), [facts]);
  const views = useMemo(() => (document ? nodeViews(document, state) : new Map()), [document, state]);
  if (!document) return null;
  return (
    <RunCanvas
      document={document}
      connectors={connectors}
      kinds={kinds}
      state={state}
      views={views}
      chosen={null}
      onChoose={nothing}
      bare
    />
  );
}

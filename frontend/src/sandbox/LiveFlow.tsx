/** The flow of one run on a small stage, lit as its facts arrive. */
import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { useConnectors, useNodeKinds, useRun } from "@/api/queries";
import { columnsFor, tidy } from "@/document/layout";
import { foldAll, nodeViews } from "@/runs/fold";
import { RunCanvas } from "@/runs/RunCanvas";
import { useFacts } from "@/runs/useFacts";
import classes from "./sandbox.module.css";

const nothing = () => {};

export default function LiveFlow({ runId }: { runId: string }) {
  const run = useRun(runId);
  const connectors = useConnectors().data ?? [];
  const kinds = useNodeKinds().data?.items ?? [];
  const { facts } = useFacts(runId, false);
  const stored = run.data?.document;
  const { ref, width, height } = useElementSize();
  const columns = stored && width > 0 ? columnsFor(stored, width, height) : 0;
  const document = useMemo(
    () => (stored && columns > 0 ? { ...stored, layout: tidy(stored, columns) } : undefined),
    [stored, columns],
  );
  const state = useMemo(() => foldAll(facts), [facts]);
  const views = useMemo(() => (document ? nodeViews(document, state) : new Map()), [document, state]);
  return (
    <div ref={ref} className={classes.fill}>
      {document && (
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
      )}
    </div>
  );
}

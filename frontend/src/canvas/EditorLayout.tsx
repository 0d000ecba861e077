/** Where the parts of the editor stand: bar above, palette, canvas with its drawer, inspector. */
import { lazy, Suspense, useDeferredValue } from "react";
import type { FlowDetail } from "@/api/types";
import { Inspector } from "@/inspector/Inspector";
import { Mapper } from "@/mapper/Mapper";
import { TrialChip } from "@/trial/TrialChip";
import { EmptyState } from "@/ui/states";
import { ContextMenu } from "./ContextMenu";
import { DraftNotice } from "./DraftNotice";
import type { Draft } from "./draft";
import { EditorBar } from "./EditorBar";
import { useDocument, useEditor, useView } from "./editor";
import { FindBar } from "./FindBar";
import { FlowCanvas } from "./FlowCanvas";
import { LeftSide, Voice } from "./LeftSide";
import classes from "./layout.module.css";
import { ProblemsPanel } from "./ProblemsPanel";
import { QuickAdd } from "./QuickAdd";

const DocumentJson = lazy(() => import("./DocumentJson"));
const DRAWERS = {
  trial: lazy(() => import("@/trial/TrialDrawer")),
  sample: lazy(() => import("@/trial/SampleDrawer")),
  tests: lazy(() => import("@/trial/TestsDrawer")),
};

export function EditorLayout({ flow, draft }: { flow: FlowDetail; draft: Draft }) {
  const panel = useView((state) => state.panel);
  const isOpen = useView((state) => state.nodes.length > 0 || state.settings);
  // A card that is taken hold of follows the pointer at once; its form may come some frames later.
  const isFilled = useDeferredValue(isOpen);
  const side = useView((state) => state.side);
  const { editable } = useEditor();
  const Drawer = panel === "trial" || panel === "sample" || panel === "tests" ? DRAWERS[panel] : null;
  return (
    <div
      className={classes.layout}
      data-left={side === "outline" || (editable && side === "palette") ? side : undefined}
      data-inspector={isOpen || undefined}
    >
      <EditorBar flow={flow} draft={draft} />
      <DraftNotice flow={flow} draft={draft} />
      <LeftSide />
      <div className={classes.canvasSlot}>
        <div className={classes.canvas}>
          <FlowCanvas />
          <FirstSteps />
          <TrialChip />
          <FindBar />
        </div>
        {panel === "problems" && <ProblemsPanel problems={draft.problems} />}
        {panel === "json" && (
          <Suspense fallback={<div className={classes.drawer} />}>
            <DocumentJson />
          </Suspense>
        )}
        {Drawer && (
          <Suspense fallback={<div className={classes.drawer} />}>
            <Drawer />
          </Suspense>
        )}
      </div>
      {isOpen && <div className={classes.inspectorSlot}>{isFilled && <Inspector />}</div>}
      <QuickAdd />
      <ContextMenu />
      <Voice />
      <Mapper />
    </div>
  );
}

function FirstSteps() {
  const document = useDocument();
  const { editable } = useEditor();
  if (document.nodes.length > 0) return null;
  return (
    <div className={classes.first}>
      <EmptyState title={editable ? "Begin with a trigger" : "This flow is empty"}>
        {editable &&
          "Choose on the left what starts a run, such as “Charge succeeded” of Stripe. Then add steps: drag them here, click them, or press a."}
      </EmptyState>
    </div>
  );
}

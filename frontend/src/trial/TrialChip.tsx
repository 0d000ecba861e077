/** Above the canvas while results stand on its cards: what they are, whether they are old, and the way back. */
import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useDocument, useEditor, useView } from "@/canvas/editor";
import { StatusBadge } from "@/ui/status";
import { duration } from "@/ui/time";
import { useStartTrial } from "./start";
import { isSameFlow, tookMs, useTrial, useTrialValue } from "./store";
import classes from "./trial.module.css";

export function TrialChip() {
  const trial = useTrial((state) => state.trial);
  const shown = useTrial((state) => state.shown);
  if (trial) return <OfTrial />;
  return shown ? <OfTest id={shown} /> : null;
}

function OfTrial() {
  const { view } = useEditor();
  const { store } = useTrialValue();
  const document = useDocument();
  const panel = useView((state) => state.panel);
  const start = useStartTrial();
  const trial = useTrial((state) => state.trial);
  const status = useTrial((state) => state.state.status);
  const finished = useTrial((state) => state.finished);
  const facts = useTrial((state) => state.facts);
  if (!trial) return null;
  const isOld = !isSameFlow(trial.drawn, document);
  return (
    <section className={classes.chip} aria-label="Test on the canvas" data-testid="trial-chip">
      <StatusBadge status={finished ? status : "running"} word={finished ? undefined : "Testing"} />
      <span className="truncate">
        {isOld ? "of the draft as it was before your edits" : trial.sample}
        {finished && !isOld && `, ${duration(tookMs(facts))}`}
      </span>
      {isOld && finished && (
        <Button
          variant="light"
          size="compact-xs"
          onClick={() => {
            view.getState().show("trial");
            void start({ mode: trial.mode, step: trial.step });
          }}
        >
          Test again
        </Button>
      )}
      {panel !== "trial" && (
        <Button variant="subtle" size="compact-xs" onClick={() => view.getState().show("trial")}>
          Details
        </Button>
      )}
      <ClearButton
        onClear={() => {
          store.getState().clear();
          if (panel === "trial") view.getState().show("none");
        }}
      />
    </section>
  );
}

function OfTest({ id }: { id: string }) {
  const { view } = useEditor();
  const { store } = useTrialValue();
  const document = useDocument();
  const tests = useTrial((state) => state.tests);
  const result = tests?.results.find(({ test }) => test === id);
  if (!tests || !result) return null;
  const isOld = !isSameFlow(tests.drawn, document);
  const words = result.ok ? "Passed" : "Not as expected";
  return (
    <section className={classes.chip} aria-label="Test on the canvas" data-testid="trial-chip">
      <StatusBadge status={result.ok ? "succeeded" : "failed"} word={words} />
      <span className="truncate">
        {result.name}
        {isOld && ", before your edits"}
      </span>
      <Button variant="subtle" size="compact-xs" onClick={() => view.getState().show("tests")}>
        Details
      </Button>
      <ClearButton onClear={() => store.getState().show(null)} />
    </section>
  );
}

function ClearButton({ onClear }: { onClear: () => void }) {
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<IconX size={12} />}
      onClick={onClear}
      data-testid="trial-clear"
    >
      Clear
    </Button>
  );
}

/** The flow's saved tests: run them, see what differs field by field, accept it or say that it may differ. */

import { Button } from "@mantine/core";
import { IconListCheck, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTestsOf } from "@/api/queries";
import { useEditor } from "@/canvas/editor";
import { EmptyState, ErrorState, RowsSkeleton } from "@/ui/states";
import { Drawer } from "./Drawer";
import { OneTest } from "./OneTest";
import { useStartTrial } from "./start";
import { useTrial, useTrialValue } from "./store";
import { TestRows } from "./TestRows";
import { useTestRuns } from "./testing";
import classes from "./trial.module.css";

export default function TestsDrawer() {
  const { flow } = useTrialValue();
  const tests = useTestsOf(flow.id);
  const testing = useTrial((state) => state.testing);
  const run = useTestRuns();
  const items = tests.data ?? [];
  return (
    <Drawer
      title="Tests"
      testId="tests-drawer"
      head={
        <>
          {items.length > 0 && <Summary />}
          <span className={classes.spread} />
          {items.length > 0 && (
            <Button
              leftSection={<IconPlayerPlay size={14} />}
              loading={testing}
              onClick={() => run()}
              data-testid="run-tests"
            >
              Run all tests
            </Button>
          )}
        </>
      }
    >
      {tests.isError ? (
        <ErrorState error={tests.error} onRetry={() => tests.refetch()} />
      ) : !tests.data ? (
        <RowsSkeleton rows={3} />
      ) : items.length === 0 ? (
        <NoTests />
      ) : (
        <Chosen />
      )}
    </Drawer>
  );
}

function Summary() {
  const results = useTrial((state) => state.tests?.results);
  if (!results) return null;
  const failed = results.filter(({ ok }) => !ok).length;
  const words =
    failed === 0
      ? `${results.length} of ${results.length} as expected`
      : `${failed} of ${results.length} not as expected`;
  return (
    <span
      role="status"
      className={failed === 0 ? classes.expected : classes.actual}
      data-testid="tests-summary"
    >
      {words}
    </span>
  );
}

function NoTests() {
  const { view } = useEditor();
  const start = useStartTrial();
  return (
    <div className={classes.drawerBody}>
      <EmptyState
        icon={<IconListCheck size={24} />}
        title="Keep what works"
        action={
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            onClick={() => {
              view.getState().show("trial");
              void start({ mode: "whole", step: null });
            }}
          >
            Test the flow now
          </Button>
        }
      >
        A test is a run that went as it should. Later it carries the same event through your draft and tells
        you which value of which step is no longer the same. Test the flow, then choose “Save as a test”; any
        recorded run can be saved, too.
      </EmptyState>
    </div>
  );
}

function Chosen() {
  const { flow, store } = useTrialValue();
  const items = useTestsOf(flow.id).data ?? [];
  const shown = useTrial((state) => state.shown);
  const [picked, setPicked] = useState<string | null>(null);
  const test = items.find(({ id }) => id === (picked ?? shown)) ?? items[0];
  return (
    <div className={classes.split}>
      <TestRows
        tests={items}
        chosen={test?.id ?? null}
        onChoose={(id) => {
          setPicked(id);
          const known = store.getState().tests?.results.some((result) => result.test === id);
          if (known) store.getState().show(id);
        }}
      />
      <div className={classes.detail}>{test && <OneTest key={test.id} test={test} />}</div>
    </div>
  );
}

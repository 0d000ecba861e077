/** Makes a test of a recorded run: a name, and the values that may differ each time. Its form is loaded when opened. */
import { Modal } from "@mantine/core";
import { lazy, Suspense } from "react";
import { RowsSkeleton } from "@/ui/states";

const SaveTestForm = lazy(() => import("./SaveTestForm"));

export function SaveTest(props: { flow: string; run: string; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Save as a test" size="xl">
      <Suspense fallback={<RowsSkeleton rows={4} />}>
        {props.opened && <SaveTestForm flow={props.flow} run={props.run} onClose={props.onClose} />}
      </Suspense>
    </Modal>
  );
}

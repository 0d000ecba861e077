/** Asks before a version takes the place of the draft, and shows what that changes. */
import { Alert, Button, Group, Modal } from "@mantine/core";
import { IconAlertTriangle, IconRestore } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { ApiProblem, explain } from "@/api/client";
import { useRefresh, useVersion } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { difference, isEmpty } from "@/document/differences";
import { RowsSkeleton } from "@/ui/states";
import { whole } from "./sides";
import { useRestore } from "./useRestore";
import classes from "./versions.module.css";
import { summaryOf } from "./words";

export function RestoreDialog(props: { flow: FlowDetail; number: number | null; onClose: () => void }) {
  return (
    <Modal
      opened={props.number !== null}
      onClose={props.onClose}
      title={`Restore version ${props.number ?? ""} into the draft?`}
      size="md"
    >
      {props.number !== null && <Question {...props} number={props.number} />}
    </Modal>
  );
}

function Question({ flow, number, onClose }: { flow: FlowDetail; number: number; onClose: () => void }) {
  const restore = useRestore(flow);
  const refresh = useRefresh();
  const version = useVersion(flow.id, number).data;
  const latest = useVersion(flow.id, flow.latest_version).data;
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const change = useMemo(
    () => version && difference(whole(flow.document), whole(version.document)),
    [flow.document, version],
  );
  const unpublished = useMemo(
    () => latest && difference(whole(latest.document), whole(flow.document)),
    [flow.document, latest],
  );
  if (!version || !change) return <RowsSkeleton rows={2} />;
  async function confirm() {
    if (!version) return;
    setBusy(true);
    setProblem(null);
    try {
      await restore(number, version.document);
      onClose();
    } catch (error) {
      setProblem(error);
      if (error instanceof ApiProblem && error.code === "draft_conflict") await refresh(`flows/${flow.id}/`);
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className={classes.form}>
      {problem !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={explain(problem).title} role="alert">
          {explain(problem).detail} The newer draft is compared below; look at it, then restore or leave it.
        </Alert>
      )}
      <p className="soft">
        {isEmpty(change)
          ? "The draft is already the same as this version."
          : `In the draft, ${summaryOf(change)}. What is at work anywhere stays as it is.`}
      </p>
      {unpublished && !isEmpty(unpublished) && (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
          The draft has changes that were never published ({summaryOf(unpublished)}). They are replaced; you
          can undo this right afterwards.
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Keep the draft
        </Button>
        <Button
          leftSection={<IconRestore size={16} />}
          loading={busy}
          disabled={isEmpty(change)}
          onClick={confirm}
          data-testid="confirm-restore"
        >
          Restore version {number}
        </Button>
      </Group>
    </div>
  );
}

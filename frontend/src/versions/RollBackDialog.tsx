/** Puts the version before to work again, after showing what that changes. */
import { Alert, Button, Group, Modal } from "@mantine/core";
import { IconAlertTriangle, IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import { api, explain } from "@/api/client";
import { useConnections, useTenantPath, useVersion } from "@/api/queries";
import type { AtWork, FlowDetail } from "@/api/types";
import { difference, isEmpty } from "@/document/differences";
import { tell } from "@/ui/notify";
import { Ago } from "@/ui/time";
import { environmentTitle } from "./EnvironmentTag";
import { ProductionCheck } from "./ProductionCheck";
import { whole } from "./sides";
import classes from "./versions.module.css";
import { summaryOf } from "./words";

interface Props {
  flow: FlowDetail;
  item: AtWork | null;
  onClose: () => void;
  onDone: () => Promise<void>;
}

export function RollBackDialog(props: Props) {
  const { item } = props;
  return (
    <Modal
      opened={item !== null}
      onClose={props.onClose}
      title={`Back to version ${item?.earlier?.version ?? ""} in ${environmentTitle(item?.environment ?? "")}?`}
      size="md"
    >
      {item?.earlier && <Question {...props} item={item} earlier={item.earlier} />}
    </Modal>
  );
}

function Question({
  flow,
  item,
  earlier,
  onClose,
  onDone,
}: Props & { item: AtWork; earlier: NonNullable<AtWork["earlier"]> }) {
  const path = useTenantPath();
  const now = useVersion(flow.id, item.deployment?.version ?? null).data;
  const then = useVersion(flow.id, earlier.version).data;
  const connections = useConnections().data ?? [];
  const [sure, setSure] = useState(item.environment !== "production");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const found = now && then && difference(whole(now.document), whole(then.document));
  const names = Object.entries(earlier.connections).map(
    ([alias, id]) =>
      `${alias}: ${connections.find((row) => row.id === id)?.name ?? "a connection that is gone"}`,
  );
  async function confirm() {
    setBusy(true);
    setProblem(null);
    try {
      await api.post(path(`flows/${flow.id}/rollback/`), { environment: item.environment });
      await onDone();
      tell(`Version ${earlier.version} is at work in ${environmentTitle(item.environment)} again.`);
      onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className={classes.form}>
      {problem !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={explain(problem).title} role="alert">
          {explain(problem).detail} {explain(problem).hint}
        </Alert>
      )}
      <p className="soft" data-testid="roll-back-preview">
        Version {earlier.version} was put to work <Ago at={earlier.created_at} />.{" "}
        {item.deployment && found
          ? isEmpty(found)
            ? `It is the same as version ${item.deployment.version}.`
            : `Going from version ${item.deployment.version} back to it: ${summaryOf(found)}.`
          : ""}{" "}
        New events take version {earlier.version}; runs that have begun keep theirs.
      </p>
      {names.length > 0 && <p className="faint">It takes its connections of then: {names.join(", ")}.</p>}
      {item.environment === "production" && <ProductionCheck onSure={setSure} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button
          leftSection={<IconArrowBackUp size={16} />}
          loading={busy}
          disabled={!sure}
          onClick={confirm}
          data-testid="roll-back-confirm"
        >
          Roll back to version {earlier.version}
        </Button>
      </Group>
    </div>
  );
}

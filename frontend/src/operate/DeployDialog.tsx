/** Puts a version to work in an environment, and says afterwards where its events arrive. */
import { Alert, Button, Group, Modal } from "@mantine/core";
import { IconCircleCheck, IconClock } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Deployment, Environment, FlowDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { CopyField } from "@/ui/copy";
import { environmentTitle } from "@/versions/EnvironmentTag";
import { DeployForm } from "./DeployForm";
import classes from "./deploy.module.css";

interface Props {
  flow: FlowDetail;
  opened: boolean;
  onClose: () => void;
  /** What is proposed; the newest version and the environment of the page when left out. */
  version?: number;
  environment?: Environment;
}

export function DeployDialog(props: Props) {
  const [done, setDone] = useState<Deployment | null>(null);
  const [target, setTarget] = useState<Environment | null>(null);
  const title = done ? "At work" : `Deploy “${props.flow.name}”`;
  const close = () => {
    props.onClose();
    setTimeout(() => setDone(null), 200);
  };
  const isProduction = (done?.environment ?? target) === "production";
  return (
    <Modal
      opened={props.opened}
      onClose={close}
      title={title}
      size="lg"
      classNames={{ content: isProduction ? classes.production : undefined }}
    >
      {done ? (
        <Deployed deployment={done} flow={props.flow} onClose={close} />
      ) : (
        <DeployForm {...props} onClose={close} onTarget={setTarget} onDone={setDone} />
      )}
    </Modal>
  );
}

function Deployed({
  deployment,
  flow,
  onClose,
}: {
  deployment: Deployment;
  flow: FlowDetail;
  onClose: () => void;
}) {
  const { slug } = useTenant();
  const title = environmentTitle(deployment.environment);
  return (
    <div className={classes.form} data-testid="deployed-done">
      <p>
        <IconCircleCheck size={18} color="var(--good)" className={classes.inline} aria-hidden /> Version{" "}
        {deployment.version} is at work in {title}
        {deployment.paused ? ", paused: what arrives is kept until you resume it." : "."}
      </p>
      {deployment.webhook_url && (
        <>
          <CopyField label="Webhook" value={deployment.webhook_url} testId="webhook-url" />
          <Subscription deployment={deployment} />
        </>
      )}
      <Group justify="flex-end" gap="xs">
        <Button component={Link} variant="default" to={`/t/${slug}/flows/${flow.id}/versions?view=work`}>
          Where it works
        </Button>
        <Button onClick={onClose} data-testid="deploy-close">
          Done
        </Button>
      </Group>
    </div>
  );
}

function Subscription({ deployment }: { deployment: Deployment }) {
  const { status, error } = deployment.subscription ?? {};
  if (status === "active")
    return (
      <p className="soft" data-testid="subscription">
        <IconCircleCheck size={16} color="var(--good)" className={classes.inline} aria-hidden /> The sender
        has been asked to send its events here, and has agreed.
      </p>
    );
  if (status === "pending")
    return (
      <Alert color="yellow" icon={<IconClock size={18} />} data-testid="subscription">
        The sender has not taken the address yet{error ? `: ${error}` : ""}. It is asked again by itself until
        it has.
      </Alert>
    );
  return <p className="faint">Give this address to the system that sends the events.</p>;
}

/** The end of a guided installation: what is there now, and what to do next. */
import { Button, Group } from "@mantine/core";
import { IconCircleCheck, IconFlask, IconPlayerPlay, IconRoute } from "@tabler/icons-react";
import { Link } from "react-router";
import type { FlowDetail, TemplateDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { CopyField } from "@/ui/copy";
import { environmentTitle } from "@/versions/EnvironmentTag";
import classes from "./templates.module.css";

export function Installed({ flow, template }: { flow: FlowDetail; template: TemplateDetail }) {
  const { slug } = useTenant();
  const at = flow.deployments[0];
  const canvas = `/t/${slug}/flows/${flow.id}`;
  return (
    <section
      className={`${classes.wizard} ${classes.box} ${classes.step}`}
      data-testid="installed"
      role="status"
    >
      <strong>
        <IconCircleCheck size={18} color="var(--good)" className={classes.inline} aria-hidden /> “{flow.name}”
        is installed{at ? ` and at work in ${environmentTitle(at.environment)}` : " as a draft"}.
      </strong>
      {at?.webhook_url && <CopyField label="Webhook" value={at.webhook_url} />}
      <p className="soft">{at ? startedWords(template, at.environment) : DRAFT_WORDS}</p>
      <Group gap="xs">
        <Button component={Link} to={canvas} leftSection={<IconRoute size={16} />} data-testid="open-canvas">
          Open the canvas
        </Button>
        {at && (
          <Button
            component={Link}
            variant="default"
            to={`/t/${slug}/runs?flow=${flow.id}`}
            leftSection={<IconPlayerPlay size={16} />}
            data-testid="open-runs"
          >
            Watch its runs
          </Button>
        )}
        {at?.environment === "sandbox" && (
          <Button
            component={Link}
            variant="default"
            to={`/t/${slug}/sandbox`}
            leftSection={<IconFlask size={16} />}
          >
            Open the sandbox
          </Button>
        )}
      </Group>
    </section>
  );
}

const DRAFT_WORDS =
  "Next: open the canvas, look at each step and change what you like. Then publish it, and deploy the version to the sandbox with its connections.";

function startedWords(template: TemplateDetail, environment: string): string {
  const trigger = template.document.nodes.find(({ kind }) => kind === "trigger");
  const waits = `It waits for “${trigger?.title ?? "its event"}”.`;
  return environment === "sandbox"
    ? `${waits} Next: let something happen in the sandbox, or start it by hand with “Run now” on the canvas, and watch the run.`
    : `${waits} Next: watch the first run when it comes.`;
}

/** The way back and on at the foot of a guided installation, and at its end the two ways to install. */
import { Button, Group } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconRocket } from "@tabler/icons-react";
import { environmentTitle } from "@/versions/EnvironmentTag";
import type { Plan, StepName } from "./plan";
import classes from "./templates.module.css";

interface Props {
  plan: Plan;
  step: StepName;
  isFirst: boolean;
  busy: "draft" | "start" | null;
  mayStart: boolean;
  isSure: boolean;
  onBack: () => void;
  onNext: () => void;
  onInstall: (kind: "draft" | "start") => void;
}

export function StepFoot({ plan, step, isFirst, busy, mayStart, isSure, onBack, onNext, onInstall }: Props) {
  return (
    <div className={classes.foot}>
      <Button
        variant="subtle"
        leftSection={<IconArrowLeft size={16} />}
        onClick={onBack}
        style={{ visibility: isFirst ? "hidden" : undefined }}
      >
        Back
      </Button>
      {step === "review" ? (
        <Group gap="xs">
          <Button
            variant="default"
            loading={busy === "draft"}
            disabled={busy !== null}
            onClick={() => onInstall("draft")}
            data-testid="install-draft"
          >
            Install as a draft
          </Button>
          {mayStart && (
            <Button
              leftSection={<IconRocket size={16} />}
              loading={busy === "start"}
              disabled={busy !== null || !plan.isComplete || !isSure}
              onClick={() => onInstall("start")}
              data-testid="install-start"
            >
              Install and start in {environmentTitle(plan.environment)}
            </Button>
          )}
        </Group>
      ) : (
        <Button
          rightSection={<IconArrowRight size={16} />}
          disabled={plan.name === ""}
          onClick={onNext}
          data-testid="step-next"
        >
          {step === "connections" && !plan.isComplete ? "Go on without" : "Next"}
        </Button>
      )}
    </div>
  );
}

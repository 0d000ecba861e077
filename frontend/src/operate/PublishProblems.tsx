/** What is wrong with a draft that is to be published: errors first, each leading to its place. */
import { Alert } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { Problem } from "@/document/types";
import classes from "./publish.module.css";

const MOST = 6;

export function PublishProblems(props: { problems: Problem[]; onGoTo?: (pointer: string) => void }) {
  const errors = props.problems.filter(({ severity }) => severity !== "warning");
  const warnings = props.problems.filter(({ severity }) => severity === "warning");
  if (props.problems.length === 0)
    return (
      <p className={classes.sound}>
        <IconCircleCheck size={16} color="var(--good)" aria-hidden /> The draft has no problems.
      </p>
    );
  return (
    <>
      {errors.length > 0 && (
        <Alert
          color="red"
          icon={<IconAlertTriangle size={18} />}
          title={
            errors.length === 1
              ? "One problem must be mended first"
              : `${errors.length} problems must be mended first`
          }
          data-testid="publish-refused"
        >
          <Places problems={errors} onGoTo={props.onGoTo} />
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} />} title="Worth a look, not in the way">
          <Places problems={warnings} onGoTo={props.onGoTo} />
        </Alert>
      )}
    </>
  );
}

function Places({ problems, onGoTo }: { problems: Problem[]; onGoTo?: (pointer: string) => void }) {
  return (
    <>
      <ul className={classes.places}>
        {problems.slice(0, MOST).map((problem) => (
          <li key={`${problem.pointer}${problem.message}`}>
            {onGoTo ? (
              <button type="button" className={classes.place} onClick={() => onGoTo(problem.pointer)}>
                {problem.message}
              </button>
            ) : (
              problem.message
            )}
          </li>
        ))}
      </ul>
      {problems.length > MOST && `and ${problems.length - MOST} more`}
    </>
  );
}

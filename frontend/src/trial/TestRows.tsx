/** The list of a flow's tests, each with how it went last. */
import { UnstyledButton } from "@mantine/core";
import type { FlowTest } from "@/api/trials";
import { StatusIcon } from "@/ui/status";
import { useTrial } from "./store";
import { resultOf, verdictOf } from "./testing";
import classes from "./trial.module.css";

export function TestRows(props: {
  tests: FlowTest[];
  chosen: string | null;
  onChoose: (id: string) => void;
}) {
  const latest = useTrial((state) => state.tests?.results);
  return (
    <ul className={classes.list} aria-label="Tests of this flow">
      {props.tests.map((test) => {
        const result = resultOf(test, latest);
        return (
          <li key={test.id}>
            <UnstyledButton
              className={classes.listRow}
              aria-current={test.id === props.chosen}
              onClick={() => props.onChoose(test.id)}
              data-testid={`test-row-${test.id}`}
              data-name={test.name}
              data-ok={result ? String(result.ok) : undefined}
            >
              <StatusIcon status={result ? (result.ok ? "succeeded" : "failed") : "pending"} size={17} />
              <span className="truncate" title={test.name}>
                {test.name}
              </span>
              <span aria-hidden />
              <span className={classes.listWords}>{verdictOf(result)}</span>
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}

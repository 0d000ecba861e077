/** Asks before a test makes something in another system: what, where, and whether it stays. */
import { Button, Checkbox } from "@mantine/core";
import { IconAlertTriangle, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useDocument } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import { chosenOf, isReal, systemWords, useBindings, type Writing } from "./bindings";
import { useWritesWithin } from "./reach";
import { useStartTrial } from "./start";
import { type Start, useTrialValue } from "./store";
import classes from "./trial.module.css";

/** A test that waits for a person's word, with what it would do as the draft is now. */
export function AskedTrial({ start }: { start: Start }) {
  const { store } = useTrialValue();
  const document = useDocument();
  const bindings = useBindings(document);
  const writes = useWritesWithin(document, start);
  const begin = useStartTrial();
  return (
    <BeforeWriting
      writes={writes}
      onTest={() => void begin(start, chosenOf(bindings))}
      onCancel={() => store.setState({ asking: null })}
    />
  );
}

export function BeforeWriting(props: { writes: Writing[]; onTest: () => void; onCancel: () => void }) {
  const { store } = useTrialValue();
  const [isQuiet, setQuiet] = useState(false);
  const real = props.writes.filter(isReal);
  const hasReal = real.length > 0;
  const test = () => {
    if (isQuiet) store.setState({ quiet: true });
    props.onTest();
  };
  return (
    <div
      className={classes.notice}
      data-tone="wait"
      role="alertdialog"
      aria-label="Before it is sent"
      data-testid="before-writing"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        props.onCancel();
      }}
    >
      <IconAlertTriangle size={16} aria-hidden />
      <div className={`${classes.noticeWords} ${classes.tight}`}>
        <strong>{hasReal ? "This test writes to a real system." : "This test makes something."}</strong>
        <ul className={classes.writes}>
          {[...real, ...props.writes.filter((writing) => !isReal(writing))].map((writing) => (
            <li key={writing.node.id}>
              <strong>{titleOf(writing.node)}</strong>: {writing.operation.title.toLowerCase()} in{" "}
              {systemWords(writing)}
            </li>
          ))}
        </ul>
        {hasReal && <p>What is made in a real system stays there when the test is over.</p>}
        {!hasReal && (
          <Checkbox
            size="xs"
            label="Do not ask again in this flow"
            checked={isQuiet}
            onChange={(event) => setQuiet(event.currentTarget.checked)}
            data-testid="ask-no-more"
          />
        )}
        <div className={classes.row}>
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            onClick={test}
            autoFocus={!hasReal}
            data-testid="send-it"
          >
            Test
          </Button>
          <Button variant="default" onClick={props.onCancel} autoFocus={hasReal} data-testid="send-not">
            Cancel
          </Button>
        </div>
      </div>
    </div>
  );
}

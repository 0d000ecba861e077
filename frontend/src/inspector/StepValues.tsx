/** At the end of a step's form: what it would send and what comes out of it, computed from the sample. */
import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import type { Json } from "@/api/types";
import { useDocument, useView } from "@/canvas/editor";
import { nodeOf } from "@/document/graph";
import type { FlowNode } from "@/document/types";
import { useStepPreview } from "@/preview/live";
import { useSamples } from "@/preview/usePreview";
import { JsonView } from "@/ui/JsonView";
import classes from "./values.module.css";

const SOURCES: Record<string, string> = {
  pinned: "pinned by a person",
  trial: "from a test of the draft",
  run: "from a run",
  event: "from an event",
  connector: "the system's own example",
};

export function StepValues({ node }: { node: FlowNode }) {
  const preview = useStepPreview();
  const { byStep } = useSamples();
  const answer = preview?.answer;
  if (!answer || node.kind === "trigger") return null;
  const isCall = node.kind === "call";
  const source = byStep.get(node.id)?.source ?? "connector";
  const hasOutput = answer.output !== null;
  return (
    <section className={classes.values} aria-label="With the sample" data-testid="step-values">
      <h3 className={classes.heading}>
        With the sample
        {preview?.isBehind && <span className={classes.behind}>calculating …</span>}
      </h3>
      {answer.missing.length > 0 && <Missing steps={answer.missing} />}
      {answer.error && (
        <p className={classes.refused} role="status">
          {answer.error.message} {answer.error.hint}
        </p>
      )}
      {answer.findings.length > 0 && (
        <ul className={classes.findings} aria-label="What the operation would refuse">
          {answer.findings.slice(0, 6).map(({ field, message }) => (
            <li key={`${field}${message}`}>
              <IconAlertTriangle size={14} aria-hidden />
              <span>
                {message} <span className="mono faint">{field}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {isCall && <Part title="Would be sent" value={answer.input} isOpen />}
      {hasOutput && (
        <Part
          title="Comes out"
          value={answer.output}
          aside={
            isCall ? (SOURCES[source] ?? "") : answer.port && answer.port !== "out" ? `by ${answer.port}` : ""
          }
          isOpen={!isCall}
        />
      )}
    </section>
  );
}

function Part(props: { title: string; value: Json; aside?: string; isOpen?: boolean }) {
  const [opened, setOpened] = useState(props.isOpen ?? false);
  return (
    <div className={classes.part}>
      <UnstyledButton className={classes.fold} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <IconChevronRight size={15} className={opened ? classes.turned : undefined} aria-hidden />
        {props.title}
        {props.aside && <span className={classes.aside}>{props.aside}</span>}
      </UnstyledButton>
      {opened && <JsonView value={props.value} label={props.title} depth={3} maxHeight={280} />}
    </div>
  );
}

function Missing({ steps }: { steps: string[] }) {
  const document = useDocument();
  const focus = useView((state) => state.select);
  return (
    <p className={classes.missing}>
      No sample yet of{" "}
      {steps.map((step, at) => (
        <span key={step}>
          {at > 0 && ", "}
          <button type="button" className={classes.step} onClick={() => focus([step])}>
            {nodeOf(document, step)?.title ?? step}
          </button>
        </span>
      ))}
      : values that come from there are empty.
    </p>
  );
}

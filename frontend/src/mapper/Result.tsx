/** The document that comes out of the sample, whole; and what is wrong with it as a whole. */
import { IconAlertCircle } from "@tabler/icons-react";
import { JsonView } from "@/ui/JsonView";
import classes from "./panel.module.css";
import { useMapper } from "./sheet";

export function Result() {
  const { answer, rules, consumer, missing, isAsking } = useMapper();
  const error = answer?.error;
  return (
    <div className={classes.result} data-asking={isAsking || undefined}>
      <h3 className={classes.title}>Result</h3>
      <p className={classes.hint}>
        {rules.length === 0
          ? "Drag a field from the left onto a field to fill. What comes out of the sample is shown here."
          : consumer
            ? `What “${consumer.title}” would get for this sample.`
            : "What comes out for this sample."}
      </p>
      {error && (
        <p className={classes.error}>
          <IconAlertCircle size={15} aria-hidden />
          <span>
            {error.message} {error.hint}
          </span>
        </p>
      )}
      {(answer?.missing ?? []).length > 0 && (
        <p className={classes.warn}>
          There is no sample of {answer?.missing?.join(", ")} yet, so what reads it stays empty.
        </p>
      )}
      {rules.length > 0 && answer && (
        <div className={classes.document} data-testid="mapper-result">
          <JsonView value={answer.output ?? partly(answer.rows)} label="Result" depth={4} />
        </div>
      )}
      {missing.length > 0 && rules.length > 0 && (
        <p className={classes.hint}>Still to fill: {missing.map(({ words }) => words).join(", ")}.</p>
      )}
    </div>
  );
}

/** Where one rule fails there is no whole; the values that came out are shown by their targets. */
function partly(rows: { target: string; value: unknown; error?: unknown }[] | undefined): unknown {
  const fine = (rows ?? []).filter(({ error }) => !error);
  return Object.fromEntries(fine.map(({ target, value }) => [target, value]));
}

/** The right-hand side of the mapper: a question about a drop, the chosen field, or else the whole result. */
import { DropChoice } from "./DropChoice";
import classes from "./panel.module.css";
import { Result } from "./Result";
import { useMapper, useSheet } from "./sheet";
import { TargetEditor } from "./TargetEditor";

export function Panel() {
  const { wanted } = useMapper();
  const ask = useSheet((state) => state.ask);
  const chosen = useSheet((state) => state.chosen);
  const field = chosen === null ? undefined : wanted.get(chosen);
  return (
    <aside
      className={classes.panel}
      data-panel
      data-open={ask || field ? true : undefined}
      aria-label="Details"
    >
      {ask ? (
        <DropChoice key={`${ask.source} ${ask.target}`} {...ask} />
      ) : field ? (
        <TargetEditor key={field.path} field={field} />
      ) : (
        <Result />
      )}
    </aside>
  );
}

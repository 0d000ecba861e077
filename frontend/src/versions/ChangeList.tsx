/** What differs, as a list in words: each step with its fields, before and after side by side. */
import { IconArrowRight } from "@tabler/icons-react";
import classes from "./changes.module.css";
import { MarkTag } from "./MarkTag";
import type { Item, Row } from "./words";

/** The steps that differ; the chosen one shows its fields. */
export function ChangeList(props: {
  items: Item[];
  chosen: string | null;
  onChoose: (key: string | null) => void;
}) {
  return (
    <ol className={classes.list} data-testid="changes">
      {props.items.map((item) => {
        const isChosen = item.key === props.chosen;
        return (
          <li key={item.key} className={classes.item} data-chosen={isChosen || undefined}>
            <button
              type="button"
              className={classes.head}
              aria-expanded={isChosen}
              onClick={() => props.onChoose(isChosen ? null : item.key)}
              data-testid={`change-${item.key}`}
              ref={(button) => {
                if (isChosen) button?.scrollIntoView?.({ block: "nearest" });
              }}
            >
              <span className={`${classes.title} truncate`}>{item.title}</span>
              {item.rows.length > 0 && (
                <span className="faint tabular">
                  {item.rows.length} <span className="visually-hidden">fields</span>
                </span>
              )}
              <MarkTag mark={item.mark} />
            </button>
            {isChosen && <Rows rows={item.rows} />}
          </li>
        );
      })}
    </ol>
  );
}

/** Everything at once, for reading and for screen readers. */
export function ChangeReport({ items }: { items: Item[] }) {
  return (
    <div className={classes.report} data-testid="change-report">
      {items.map((item) => (
        <section key={item.key} className={classes.section} aria-label={item.title}>
          <h3 className={classes.heading}>
            <span>{item.title}</span>
            <MarkTag mark={item.mark} />
          </h3>
          <Rows rows={item.rows} />
        </section>
      ))}
    </div>
  );
}

function Rows({ rows }: { rows: Row[] }) {
  if (rows.length === 0) return <p className={classes.none}>Only its lines to other steps differ.</p>;
  return (
    <dl className={classes.rows}>
      {rows.map((row, at) => (
        <div key={`${row.label}-${at}`} className={classes.row}>
          <dt className={classes.label}>
            {row.label}
            {row.sentence && <span className={classes.sentence}>{row.sentence}</span>}
          </dt>
          <dd className={classes.values} data-single={row.before === null || row.after === null || undefined}>
            {row.before !== null && (
              <del className={classes.before}>
                <span className="visually-hidden">before: </span>
                {row.before}
              </del>
            )}
            {row.before !== null && row.after !== null && (
              <IconArrowRight size={14} className={classes.arrow} aria-hidden />
            )}
            {row.after !== null && (
              <ins className={classes.after}>
                <span className="visually-hidden">after: </span>
                {row.after}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A JSON value as a foldable, coloured tree with copy; long lists and texts are shown in parts. */
import { useState } from "react";
import { CopyIcon } from "./copy";
import classes from "./json.module.css";

export function JsonView(props: { value: unknown; label?: string; depth?: number; maxHeight?: number }) {
  if (props.value === undefined) return <span className="faint">nothing</span>;
  return (
    <div className={classes.box} style={{ maxHeight: props.maxHeight }}>
      <div className={classes.copy}>
        <CopyIcon value={JSON.stringify(props.value, null, 2)} label={`Copy ${props.label ?? "JSON"}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={classes.scroll} aria-label={props.label ?? "JSON"} tabIndex={0}>
        <Entry value={props.value} depth={0} open={props.depth ?? 2} isLast />
      </section>
    </div>
  );
}

const STEP = 50;

function Entry(props: { name?: string; value: unknown; depth: number; open: number; isLast: boolean }) {
  const { name, value, depth } = props;
  const isList = Array.isArray(value);
  const entries: [string, unknown][] =
    value !== null && typeof value === "object" ? Object.entries(value as object) : [];
  const [isOpen, setOpen] = useState(depth < props.open && entries.length < 200);
  const [shown, setShown] = useState(STEP);
  const key = name !== undefined && <span className={classes.key}>{name}: </span>;
  if (value === null || typeof value !== "object") {
    return (
      <div className={classes.line}>
        {key}
        <Scalar value={value} />
      </div>
    );
  }
  const [left, right] = isList ? "[]" : "{}";
  if (entries.length === 0) {
    return (
      <div className={classes.line}>
        {key}
        {left}
        {right}
      </div>
    );
  }
  return (
    <div className={classes.node}>
      <button type="button" className={classes.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className={classes.arrow} data-open={isOpen || undefined} aria-hidden />
        {key}
        <span className={classes.brace}>
          {isOpen ? left : `${left} ${preview(entries, isList)} ${right}`}
        </span>
      </button>
      {isOpen && (
        <div className={classes.children}>
          {entries.slice(0, shown).map(([child, inner], at) => (
            <Entry
              key={child}
              name={child}
              value={inner}
              depth={depth + 1}
              open={props.open}
              isLast={at === entries.length - 1}
            />
          ))}
          {entries.length > shown && (
            <button type="button" className={classes.more} onClick={() => setShown(shown + STEP * 4)}>
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function preview(entries: [string, unknown][], isList: boolean): string {
  if (isList) return `${entries.length} ${entries.length === 1 ? "entry" : "entries"}`;
  const names = entries.slice(0, 4).map(([name]) => name);
  return entries.length > 4 ? `${names.join(", ")} …` : names.join(", ");
}

const LONG = 400;

function Scalar({ value }: { value: unknown }) {
  const [isOpen, setOpen] = useState(false);
  if (typeof value === "string") {
    const isLong = value.length > LONG && !isOpen;
    return (
      <span className={classes.string}>
        "{isLong ? value.slice(0, LONG) : value}"
        {isLong && (
          <button type="button" className={classes.more} onClick={() => setOpen(true)}>
            show all {value.length} characters
          </button>
        )}
      </span>
    );
  }
  const kind = value === null ? classes.null : typeof value === "boolean" ? classes.boolean : classes.number;
  return <span className={kind}>{String(value)}</span>;
}

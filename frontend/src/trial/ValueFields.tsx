/** A value as named fields, folded where it is deep, with money and times as people read them and errors at their field. */
import { IconChevronRight } from "@tabler/icons-react";
import { type CSSProperties, useState } from "react";
import { reading } from "./amounts";
import classes from "./trial.module.css";

type Fields = Record<string, unknown>;

const isGroup = (value: unknown): value is Fields | unknown[] => typeof value === "object" && value !== null;
export const sizeOf = (value: Fields | unknown[]): number => Object.keys(value).length;
export const depthStyle = (depth: number) => ({ "--depth": depth }) as CSSProperties;

/** `OrderDtls[0].PartNum` and `/OrderDtls/0/PartNum` name the same place. */
export function placeOfField(field: string): string {
  return field
    .replace(/\[(\d+)\]/g, ".$1")
    .replace(/\//g, ".")
    .replace(/^\.+/, "");
}

interface Props {
  value: unknown;
  label: string;
  /** Messages by the place of their field (`OrderDtls.0.PartNum`). */
  wrong?: ReadonlyMap<string, string>;
  open?: number;
  maxHeight?: number;
}

export function ValueFields({ value, label, wrong = NONE, open = 2, maxHeight = 320 }: Props) {
  if (!isGroup(value) || sizeOf(value) === 0) {
    return (
      <div className={classes.fields}>
        <div className={classes.fieldRow}>
          <span className={classes.fieldName}>{isGroup(value) ? "nothing inside" : label}</span>
          <span className={classes.fieldValue}>{isGroup(value) ? "" : <Plain value={value} />}</span>
        </div>
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={classes.fields} style={{ maxHeight }} aria-label={label} tabIndex={0}>
      <Entries value={value} place="" depth={0} wrong={wrong} open={open} />
    </section>
  );
}

const NONE: ReadonlyMap<string, string> = new Map();
const MANY = 60;

interface EntriesProps {
  value: Fields | unknown[];
  place: string;
  depth: number;
  wrong: ReadonlyMap<string, string>;
  open: number;
}

function Entries({ value, place, depth, wrong, open }: EntriesProps) {
  const [count, setCount] = useState(MANY);
  const entries = Object.entries(value);
  const named = Array.isArray(value) ? {} : value;
  return (
    <>
      {entries.slice(0, count).map(([name, inner]) => {
        const here = place ? `${place}.${name}` : name;
        const title = Array.isArray(value) ? `${Number(name) + 1}.` : name;
        return isGroup(inner) && sizeOf(inner) > 0 ? (
          <Group
            key={name}
            title={title}
            value={inner}
            place={here}
            depth={depth}
            wrong={wrong}
            open={open}
          />
        ) : (
          <div
            key={name}
            className={classes.fieldRow}
            style={depthStyle(depth)}
            data-bad={wrong.has(here) || undefined}
          >
            <span className={classes.fieldName}>{title}</span>
            <span className={classes.fieldValue}>
              <Plain value={inner} /> <Reading text={reading(name, inner, named)} />
            </span>
            {wrong.has(here) && <span className={classes.fieldBad}>{wrong.get(here)}</span>}
          </div>
        );
      })}
      {entries.length > count && (
        <button type="button" className={classes.groupHead} onClick={() => setCount(count + 4 * MANY)}>
          {entries.length - count} more
        </button>
      )}
    </>
  );
}

function Group(props: EntriesProps & { title: string }) {
  const { value, place, depth, wrong, open } = props;
  const holdsWrong = [...wrong.keys()].some((field) => field.startsWith(`${place}.`));
  const [chosen, setOpen] = useState<boolean | null>(null);
  const isOpen = chosen ?? (holdsWrong || (depth + 1 < open && sizeOf(value) < MANY));
  return (
    <div className={classes.fieldGroup}>
      <button
        type="button"
        className={classes.groupHead}
        style={depthStyle(depth)}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <IconChevronRight size={14} aria-hidden />
        {props.title}
        <span className={classes.groupCount}>{countWords(value)}</span>
      </button>
      {isOpen && <Entries {...props} depth={depth + 1} />}
      {wrong.has(place) && (
        <div className={classes.fieldRow} style={depthStyle(depth)} data-bad>
          <span className={classes.fieldBad}>{wrong.get(place)}</span>
        </div>
      )}
    </div>
  );
}

export function countWords(value: Fields | unknown[]): string {
  const count = sizeOf(value);
  const word = Array.isArray(value) ? "entr" : "field";
  if (Array.isArray(value)) return `${count} ${count === 1 ? `${word}y` : `${word}ies`}`;
  return `${count} ${count === 1 ? word : `${word}s`}`;
}

function Plain({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return <span className="faint">empty</span>;
  if (isGroup(value)) return <span className="faint">nothing inside</span>;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  return <span className={typeof value === "number" ? "tabular" : undefined}>{String(value)}</span>;
}

export function Reading({ text }: { text: string | null }) {
  return text ? <span className={classes.fieldReading}>({text})</span> : null;
}

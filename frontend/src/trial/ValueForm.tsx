/** Edits a value field by field: text, numbers, yes or no; entries of lists can be added and taken away. */
import { ActionIcon, Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconChevronRight, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { Value } from "@/document/types";
import { reading } from "./amounts";
import classes from "./trial.module.css";
import { countWords, depthStyle, Reading } from "./ValueFields";

type Fields = { [key: string]: Value };
const isGroup = (value: Value | undefined): value is Fields | Value[] =>
  typeof value === "object" && value !== null;

export function ValueForm(props: { value: Value; label: string; onChange: (value: Value) => void }) {
  if (!isGroup(props.value))
    return <Plain name={props.label} value={props.value} depth={0} beside={{}} onChange={props.onChange} />;
  return (
    <section className={classes.fields} style={{ maxHeight: 420 }} aria-label={props.label}>
      <Entries value={props.value} depth={0} onChange={props.onChange} />
    </section>
  );
}

function Entries(props: { value: Fields | Value[]; depth: number; onChange: (value: Value) => void }) {
  const { value, depth, onChange } = props;
  const change = (name: string, next: Value) => onChange(replaced(value, name, next));
  return (
    <>
      {Object.entries(value).map(([name, inner]) => {
        const title = Array.isArray(value) ? `${Number(name) + 1}.` : name;
        if (isGroup(inner))
          return (
            <Group
              key={name}
              title={title}
              value={inner}
              depth={depth}
              onChange={(next) => change(name, next)}
              onRemove={Array.isArray(value) ? () => onChange(without(value, Number(name))) : undefined}
            />
          );
        return (
          <Plain
            key={name}
            name={title}
            value={inner}
            depth={depth}
            beside={Array.isArray(value) ? {} : value}
            onChange={(next) => change(name, next)}
          />
        );
      })}
      {Array.isArray(value) && value.length > 0 && (
        <div className={classes.edit} style={depthStyle(depth)}>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={12} />}
            onClick={() => onChange([...value, structuredClone(value.at(-1) ?? null)])}
          >
            Add another
          </Button>
        </div>
      )}
    </>
  );
}

function Group(props: {
  title: string;
  value: Fields | Value[];
  depth: number;
  onChange: (value: Value) => void;
  onRemove?: () => void;
}) {
  const { value, depth } = props;
  const [isOpen, setOpen] = useState(depth < 2 && Object.keys(value).length < 30);
  return (
    <div className={classes.fieldGroup}>
      <div style={{ display: "flex", alignItems: "center" }}>
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
        {props.onRemove && (
          <ActionIcon aria-label={`Remove entry ${props.title}`} size={24} mr={8} onClick={props.onRemove}>
            <IconTrash size={14} />
          </ActionIcon>
        )}
      </div>
      {isOpen && <Entries value={value} depth={depth + 1} onChange={props.onChange} />}
    </div>
  );
}

function Plain(props: {
  name: string;
  value: Value;
  depth: number;
  beside: Fields;
  onChange: (value: Value) => void;
}) {
  const { name, value, depth, beside, onChange } = props;
  const hint = reading(name, value, beside);
  return (
    <div className={classes.edit} style={depthStyle(depth)}>
      <span className={classes.fieldName}>
        {name} <Reading text={hint} />
      </span>
      {typeof value === "boolean" ? (
        <Select
          size="xs"
          aria-label={name}
          data={["yes", "no"]}
          value={value ? "yes" : "no"}
          onChange={(next) => onChange(next === "yes")}
        />
      ) : typeof value === "number" ? (
        <NumberInput
          size="xs"
          aria-label={name}
          hideControls
          value={value}
          onChange={(next) => typeof next === "number" && onChange(next)}
        />
      ) : (
        <TextInput
          size="xs"
          aria-label={name}
          placeholder={value === null ? "empty" : undefined}
          value={value === null ? "" : String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function replaced(value: Fields | Value[], name: string, next: Value): Value {
  if (Array.isArray(value)) return value.map((inner, at) => (String(at) === name ? next : inner));
  return { ...value, [name]: next };
}

function without(value: Value[], at: number): Value {
  return value.filter((_, place) => place !== at);
}

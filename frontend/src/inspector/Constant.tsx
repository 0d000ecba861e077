/** A fixed value, with the control that suits its schema: choice, switch, number, money, date, text, list, object. */
import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import type { JsonSchema } from "@/api/types";
import type { Value } from "@/document/types";
import { CodeEditor } from "@/ui/CodeEditor";
import classes from "./fields.module.css";

export interface FieldProps {
  nodeId: string;
  path: string;
  label: string;
  schema: JsonSchema;
  required?: boolean;
  value: Value | undefined;
  problem?: string | null;
  onChange: (value: Value | undefined) => void;
}

export function Constant({ label, schema, value, problem, onChange }: FieldProps) {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const error = Boolean(problem);
  if (schema.enum) {
    const options = schema.enum.map(String);
    const chosen = value === undefined ? null : String(value);
    const pick = (next: string | null) =>
      onChange(schema.enum?.find((option) => String(option) === next) as Value);
    return (
      <Select
        aria-label={label}
        data={options}
        value={chosen}
        placeholder={schema.default === undefined ? "choose" : `${schema.default}`}
        clearable
        error={error}
        onChange={pick}
      />
    );
  }
  if (type === "boolean") {
    return (
      <Switch
        aria-label={label}
        checked={value === undefined ? schema.default === true : value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (type === "integer" || type === "number") {
    return (
      <NumberInput
        aria-label={label}
        value={typeof value === "number" ? value : ""}
        allowDecimal={type === "number"}
        min={schema.minimum}
        max={schema.maximum}
        placeholder={schema.default === undefined ? undefined : String(schema.default)}
        error={error}
        onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
      />
    );
  }
  if (
    type === "object" ||
    type === "array" ||
    (type === undefined && typeof value === "object" && value !== null)
  ) {
    return (
      <JsonField label={label} value={value} onChange={onChange} empty={type === "array" ? "[]" : "{}"} />
    );
  }
  return (
    <TextInput
      aria-label={label}
      value={value === undefined || value === null ? "" : String(value)}
      placeholder={schema.default === undefined ? undefined : String(schema.default)}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
    />
  );
}

export function JsonField(props: {
  label: string;
  value: Value | undefined;
  empty: string;
  height?: number;
  onChange: (value: Value | undefined) => void;
}) {
  const [text, setText] = useState(props.value === undefined ? "" : JSON.stringify(props.value, null, 2));
  const [invalid, setInvalid] = useState(false);
  const change = (next: string) => {
    setText(next);
    if (next.trim() === "") {
      setInvalid(false);
      props.onChange(undefined);
      return;
    }
    try {
      props.onChange(JSON.parse(next) as Value);
      setInvalid(false);
    } catch {
      setInvalid(true);
    }
  };
  return (
    <div>
      <CodeEditor
        language="json"
        label={props.label}
        value={text}
        invalid={invalid}
        height={props.height ?? 120}
        placeholder={props.empty}
        onChange={change}
      />
      {invalid && <div className={classes.problem}>This is not JSON yet; the last valid value is kept.</div>}
    </div>
  );
}

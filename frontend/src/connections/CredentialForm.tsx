/** Fields drawn from a connector's schemas: settings, and credentials that are only ever written. */
import { NumberInput, PasswordInput, Select, Switch, TextInput } from "@mantine/core";
import type { Json, JsonSchema } from "@/api/types";
import classes from "./connections.module.css";

export type Values = Record<string, Json>;

export function CredentialForm(props: {
  schema: JsonSchema | null | undefined;
  values: Values;
  errors: Record<string, string>;
  onChange: (values: Values) => void;
  kept?: boolean;
  prefix: string;
}) {
  const { schema, values } = props;
  const required = new Set(props.kept ? [] : (schema?.required ?? []));
  const names = Object.keys(schema?.properties ?? {}).sort(
    (a, b) => Number(required.has(b)) - Number(required.has(a)),
  );
  const set = (name: string, value: Json | undefined) => {
    const next = { ...values };
    if (value === undefined || value === "") delete next[name];
    else next[name] = value;
    props.onChange(next);
  };
  return (
    <div className={classes.form}>
      {names.map((name) => (
        <OneInput
          key={name}
          name={name}
          schema={schema?.properties?.[name] ?? {}}
          required={required.has(name)}
          value={values[name]}
          error={props.errors[name]}
          kept={props.kept}
          testId={`${props.prefix}-${name}`}
          onChange={(value) => set(name, value)}
        />
      ))}
    </div>
  );
}

function OneInput(props: {
  name: string;
  schema: JsonSchema;
  required: boolean;
  value: Json | undefined;
  error?: string;
  kept?: boolean;
  testId: string;
  onChange: (value: Json | undefined) => void;
}) {
  const { schema, value, onChange } = props;
  const common = {
    label: schema.title ?? props.name,
    description: schema.description,
    required: props.required,
    error: props.error,
    "data-testid": props.testId,
  };
  const text = value === undefined ? "" : String(value);
  const placeholder = props.kept
    ? "unchanged"
    : schema.default !== undefined
      ? String(schema.default)
      : undefined;
  if (schema.enum) {
    return (
      <Select
        {...common}
        data={schema.enum.map(String)}
        value={text || null}
        onChange={(next) => onChange(next ?? undefined)}
        clearable
      />
    );
  }
  if (schema.type === "boolean") {
    return (
      <Switch
        label={common.label}
        description={common.description}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (schema.type === "integer" || schema.type === "number") {
    return (
      <NumberInput
        {...common}
        value={typeof value === "number" ? value : ""}
        placeholder={placeholder}
        onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
      />
    );
  }
  if (schema.format === "password") {
    return (
      <PasswordInput
        {...common}
        value={text}
        placeholder={placeholder}
        autoComplete="new-password"
        classNames={{ innerInput: "mono" }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...common}
      value={text}
      placeholder={placeholder}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

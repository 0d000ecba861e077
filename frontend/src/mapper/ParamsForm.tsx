/** The parameters of a transform as a form; those that may come from another field have a picker. */
import { TagsInput, TextInput } from "@mantine/core";
import type { JsonSchema, TransformSpec } from "@/api/types";
import type { Params, Transform, Value } from "@/document/types";
import { FieldPicker } from "@/inspector/FieldPicker";
import { SchemaForm } from "@/inspector/SchemaForm";
import { typed } from "./conditions";
import classes from "./panel.module.css";
import { fieldPath } from "./paths";
import { useMapper } from "./sheet";
import { shortWords } from "./words";

export function ParamsForm(props: {
  transform: Transform;
  spec: TransformSpec;
  onChange: (transform: Transform) => void;
}) {
  const { node } = useMapper();
  const { fn, ...params } = props.transform;
  const { fn: _fn, ...properties } = props.spec.params_schema.properties ?? {};
  const own = Object.entries(properties).filter(([, schema]) => isOwn(schema));
  const required = (props.spec.params_schema.required ?? []).filter((name) => name !== "fn");
  const put = (name: string, value: Value | undefined) => {
    const { [name]: _, ...rest } = params as Params;
    props.onChange({ ...(value === undefined ? rest : { ...rest, [name]: value }), fn } as Transform);
  };
  const others = Object.keys(properties).length - own.length;
  return (
    <div className={classes.params}>
      {own.map(([name, schema]) => (
        <OwnField
          key={name}
          schema={schema}
          label={schema.title ?? name}
          required={required.includes(name)}
          value={(params as Params)[name]}
          onChange={(value) => put(name, value)}
        />
      ))}
      {others > 0 && (
        <SchemaForm
          nodeId={node.id}
          path={fn}
          schema={{ ...props.spec.params_schema, properties, required }}
          without={own.map(([name]) => name)}
          value={params as Params}
          problemAt={() => null}
          onChange={(next) => props.onChange({ ...next, fn } as Transform)}
        />
      )}
    </div>
  );
}

const isTextList = ({ type, items }: JsonSchema) => type === "array" && items?.type === "string";
const isOwn = (schema: JsonSchema) => schema.format === "path-or-text" || isTextList(schema);

interface OwnProps {
  schema: JsonSchema;
  label: string;
  required: boolean;
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
}

function OwnField({ schema, label, required, value, onChange }: OwnProps) {
  const { fields, known } = useMapper();
  if (isTextList(schema))
    return (
      <TagsInput
        label={label}
        description="Press Enter after each"
        value={Array.isArray(value) ? value.map(String) : []}
        comboboxProps={{ withinPortal: false }}
        onChange={(next) => onChange(next.length > 0 ? next : undefined)}
      />
    );
  const text = value === undefined || value === null ? "" : String(value);
  const field = known.get(fieldPath(text));
  const takesNumber = Array.isArray(schema.type) && schema.type.includes("number");
  return (
    <div className={classes.pick}>
      <TextInput
        flex={1}
        label={label}
        withAsterisk={required}
        description={field ? shortWords(text, known) : schema.description}
        placeholder="a value, or pick a field"
        value={text}
        onChange={(event) => {
          const next = event.currentTarget.value;
          onChange(next === "" ? undefined : takesNumber ? typed(next) : next);
        }}
      />
      <div className={classes.low}>
        <FieldPicker fields={fields} label={label} onPick={onChange} />
      </div>
    </div>
  );
}

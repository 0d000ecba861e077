/** A form drawn from a JSON Schema: required fields first, the rest folded, each with its description and problem. */
import { ActionIcon, Button, Select, TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconPlus, IconSearch, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTables } from "@/api/queries";
import type { JsonSchema } from "@/api/types";
import type { Params, Value } from "@/document/types";
import { ExpressionField } from "./ExpressionField";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";
import { ListField } from "./ListField";
import { isTemplate } from "./scope";
import { Constant, type FieldProps, JsonField, ValueField } from "./ValueField";

export interface FormProps {
  nodeId: string;
  path: string;
  schema: JsonSchema;
  value: Params;
  problemAt: (path: string) => string | null;
  onChange: (value: Params, field: string) => void;
  /** Fields that another form shows. */
  without?: string[];
  /** Whether fields may be filled from the run. */
  dynamic?: boolean;
  depth?: number;
}

export function SchemaForm(props: FormProps) {
  const { schema, value } = props;
  const required = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties ?? {}).filter((name) => !props.without?.includes(name));
  const first = names.filter((name) => required.has(name) || value[name] !== undefined);
  const rest = names.filter((name) => !first.includes(name));
  const shown =
    first.length === 0 || rest.length <= 2
      ? names.sort((a, b) => rank(required, a) - rank(required, b))
      : first;
  const folded = names.filter((name) => !shown.includes(name));
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState("");
  return (
    <div className={classes.form}>
      {shown.map((name) => (
        <OneField key={name} {...props} name={name} required={required.has(name)} />
      ))}
      {folded.length > 0 && (
        <>
          <UnstyledButton className={classes.more} aria-expanded={opened} onClick={() => setOpened(!opened)}>
            <IconChevronRight size={15} className={opened ? classes.turned : undefined} aria-hidden />
            {opened ? "Fewer fields" : `${folded.length} optional fields`}
          </UnstyledButton>
          {opened && folded.length > MANY && (
            <TextInput
              size="xs"
              leftSection={<IconSearch size={14} />}
              placeholder="Search these fields"
              aria-label="Search these fields"
              value={wanted}
              onChange={(event) => setWanted(event.currentTarget.value)}
            />
          )}
          {opened &&
            folded
              .filter((name) => isWanted(name, schema.properties?.[name], wanted))
              .map((name) => <OneField key={name} {...props} name={name} required={false} />)}
        </>
      )}
    </div>
  );
}

const MANY = 8;

function isWanted(name: string, schema: JsonSchema | undefined, text: string): boolean {
  const all = `${name} ${schema?.title ?? ""} ${schema?.description ?? ""}`.toLowerCase();
  return all.includes(text.trim().toLowerCase());
}

function rank(required: Set<string>, name: string): number {
  return required.has(name) ? 0 : 1;
}

function OneField(props: FormProps & { name: string; required: boolean }) {
  const { name, schema, value, path } = props;
  const own = schema.properties?.[name] ?? {};
  const at = path ? `${path}/${name}` : name;
  const change = (next: Value | undefined) => {
    const changed = { ...value, [name]: next as Value };
    if (next === undefined) delete changed[name];
    props.onChange(changed, at);
  };
  const field: FieldProps = {
    nodeId: props.nodeId,
    path: at,
    label: own.title ?? name,
    schema: own,
    required: props.required,
    value: value[name],
    problem: props.problemAt(at),
    onChange: change,
  };
  if (own.format === "expression" || own.format === "path") {
    return (
      <ExpressionField
        {...field}
        inside={name === "collect"}
        description={own.description}
        value={String(value[name] ?? "")}
        onChange={(text) => change(text || undefined)}
      />
    );
  }
  if (own.format === "lookup-table") return <TableField {...field} />;
  if (own.format === "json-schema") {
    return (
      <Labelled {...field} description={own.description}>
        <JsonField label={field.label} value={field.value} empty="{}" height={260} onChange={change} />
      </Labelled>
    );
  }
  const isObject =
    own.type === "object" && own.properties && (props.depth ?? 0) < 3 && !isTemplate(value[name]);
  if (isObject) {
    const inner = (
      typeof value[name] === "object" && !Array.isArray(value[name]) ? value[name] : {}
    ) as Params;
    return (
      <Labelled {...field} description={own.description} problem={null}>
        <div className={classes.nested}>
          <SchemaForm
            {...props}
            without={undefined}
            schema={own}
            path={at}
            value={inner ?? {}}
            depth={(props.depth ?? 0) + 1}
            onChange={(next, inside) => props.onChange({ ...value, [name]: next }, inside)}
          />
        </div>
      </Labelled>
    );
  }
  const isList = own.type === "array" && own.items && (props.depth ?? 0) < 3 && !isTemplate(value[name]);
  if (isList) return <ListField {...field} form={props} />;
  const isMap =
    own.type === "object" && own.additionalProperties && !own.properties && !isTemplate(value[name]);
  if (isMap) return <PairsField {...field} />;
  if (props.dynamic || own.format === "template") return <ValueField {...field} />;
  return (
    <Labelled {...field} description={own.description}>
      <Constant {...field} />
    </Labelled>
  );
}

function TableField(props: FieldProps) {
  const tables = useTables();
  const data = (tables.data ?? []).map(({ name, title }) => ({ value: name, label: title || name }));
  const chosen = typeof props.value === "string" ? props.value : null;
  const isUnknown = chosen && tables.data && !data.some(({ value }) => value === chosen);
  return (
    <Labelled
      {...props}
      description={props.schema.description}
      problem={
        props.problem ?? (isUnknown ? `There is no table “${chosen}” yet. Make it under Tables.` : null)
      }
    >
      <Select
        aria-label={props.label}
        searchable
        data={isUnknown ? [...data, { value: chosen, label: chosen }] : data}
        value={chosen || null}
        placeholder="choose a table"
        nothingFoundMessage="No table is called that"
        onChange={(next) => props.onChange(next ?? undefined)}
      />
    </Labelled>
  );
}

/** Names and values that a person makes up, such as headers or metadata. */
function PairsField(props: FieldProps) {
  const pairs = Object.entries((props.value as Params) ?? {});
  const write = (next: [string, Value][]) =>
    props.onChange(next.length > 0 ? Object.fromEntries(next) : undefined);
  const put = (at: number, pair: [string, Value]) =>
    write(pairs.map((old, index) => (index === at ? pair : old)));
  return (
    <Labelled {...props} description={props.schema.description}>
      <div className={classes.pairs}>
        {pairs.map(([name, value], at) => (
          <div key={at} className={classes.pair}>
            <TextInput
              aria-label={`Name ${at + 1}`}
              value={name}
              onChange={(event) => put(at, [event.currentTarget.value, value])}
            />
            <TextInput
              aria-label={`Value of ${name}`}
              className="mono"
              value={String(value ?? "")}
              onChange={(event) => put(at, [name, event.currentTarget.value])}
            />
            <ActionIcon
              size={34}
              aria-label={`Remove ${name}`}
              onClick={() => write(pairs.filter((_, index) => index !== at))}
            >
              <IconX size={15} />
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          style={{ justifySelf: "start" }}
          onClick={() => write([...pairs, [`name_${pairs.length + 1}`, ""]])}
        >
          Add
        </Button>
      </div>
    </Labelled>
  );
}

/** A list, item by item: objects as small forms, single values as fields; or the whole list from an earlier step. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { JsonSchema } from "@/api/types";
import type { Params, Value } from "@/document/types";
import { FieldPicker } from "./FieldPicker";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";
import { type FormProps, SchemaForm } from "./SchemaForm";
import { useScope } from "./scope";
import { type FieldProps, ValueField } from "./ValueField";

export function ListField(props: FieldProps & { form: FormProps }) {
  const fields = useScope(props.nodeId);
  const items = Array.isArray(props.value) ? props.value : [];
  const own: JsonSchema = props.schema.items ?? {};
  const isObject = own.type === "object" && Boolean(own.properties);
  const write = (next: Value[]) => props.onChange(next.length > 0 ? next : undefined);
  const put = (at: number, item: Value | undefined) =>
    write(items.map((old, index) => (index === at ? (item ?? (isObject ? {} : "")) : old)));
  const name = own.title ?? singular(props.label);
  return (
    <Labelled
      {...props}
      description={props.schema.description}
      aside={
        <FieldPicker
          fields={fields}
          label={props.label}
          onPick={(path) => props.onChange(`{{ ${path.replace(/\[\]$/, "")} }}`)}
        />
      }
    >
      <ol className={classes.list} aria-label={props.label}>
        {items.map((item, at) => (
          <li key={at} className={classes.item}>
            <div className={classes.itemHead}>
              <span>
                {name} {at + 1}
              </span>
              <Tooltip label={`Remove ${name.toLowerCase()} ${at + 1}`}>
                <ActionIcon
                  size={24}
                  aria-label={`Remove ${name} ${at + 1}`}
                  onClick={() => write(items.filter((_, index) => index !== at))}
                >
                  <IconX size={14} />
                </ActionIcon>
              </Tooltip>
            </div>
            {isObject ? (
              <SchemaForm
                {...props.form}
                without={undefined}
                schema={own}
                path={`${props.path}/${at}`}
                value={
                  (typeof item === "object" && !Array.isArray(item) && item !== null ? item : {}) as Params
                }
                depth={(props.form.depth ?? 0) + 1}
                onChange={(next) => put(at, next)}
              />
            ) : (
              <ValueField
                nodeId={props.nodeId}
                path={`${props.path}/${at}`}
                label={`${name} ${at + 1}`}
                schema={own}
                value={item}
                problem={props.form.problemAt(`${props.path}/${at}`)}
                onChange={(next) => put(at, next)}
              />
            )}
          </li>
        ))}
      </ol>
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<IconPlus size={13} />}
        style={{ justifySelf: "start" }}
        onClick={() => write([...items, isObject ? {} : ""])}
      >
        Add {name.toLowerCase()}
      </Button>
    </Labelled>
  );
}

function singular(label: string): string {
  if (/ies$/i.test(label)) return label.replace(/ies$/i, "y");
  return /[^s]s$/i.test(label) ? label.slice(0, -1) : "Item";
}

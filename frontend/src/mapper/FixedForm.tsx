/** A fixed value, with the control that suits what the field takes. */
import { TextInput } from "@mantine/core";
import { Constant } from "@/inspector/ValueField";
import { typed } from "./conditions";
import { fromValue } from "./rules";
import { useMapper } from "./sheet";
import type { WayProps } from "./Way";

export function FixedForm({ field, rule, onChange }: WayProps) {
  const { node } = useMapper();
  const isOpen = field.type === "any" && !field.schema.enum;
  if (isOpen)
    return (
      <TextInput
        label="Value"
        value={rule.value === undefined || rule.value === null ? "" : String(rule.value)}
        onChange={(event) =>
          onChange(fromValue(rule, typed(event.currentTarget.value)), "fix a value", "value")
        }
      />
    );
  return (
    <Constant
      nodeId={node.id}
      path="value"
      label={`Fixed value of ${field.title}`}
      schema={field.schema}
      value={rule.value}
      onChange={(value) => onChange(fromValue(rule, value ?? ""), "fix a value", "value")}
    />
  );
}

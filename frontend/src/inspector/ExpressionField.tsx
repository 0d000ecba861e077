/** A bare expression, such as a condition's test: no braces, with completion, a picker and the sample value. */
import type { Value } from "@/document/types";
import { CodeEditor } from "@/ui/CodeEditor";
import { FieldPicker } from "./FieldPicker";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";
import { completionsOf, sampleOf, useScope } from "./scope";

export function ExpressionField(props: {
  nodeId: string;
  path: string;
  label: string;
  required?: boolean;
  description?: string;
  value: string;
  problem?: string | null;
  placeholder?: string;
  onChange: (value: string) => void;
}) {
  const fields = useScope(props.nodeId);
  const sample: Value | undefined = sampleOf(props.value, fields);
  return (
    <Labelled {...props} sample={sample}>
      <div className={classes.row}>
        <CodeEditor
          language="expression"
          singleLine
          label={props.label}
          value={props.value}
          invalid={Boolean(props.problem)}
          completions={completionsOf(fields)}
          placeholder={props.placeholder ?? "trigger.body…"}
          onChange={props.onChange}
        />
        <FieldPicker
          fields={fields}
          label={props.label}
          onPick={(path) => {
            const taken = path.replaceAll("[]", "[0]");
            props.onChange(props.value.trim() ? `${props.value.trim()} ${taken}` : taken);
          }}
        />
      </div>
    </Labelled>
  );
}

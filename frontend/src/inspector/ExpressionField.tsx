/** A bare expression, such as a condition's test: no braces, with completion, a picker and the sample value. */
import { useLive } from "@/preview/live";
import { CodeEditor } from "@/ui/CodeEditor";
import { FieldPicker } from "./FieldPicker";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";
import { completionsOf, useScope } from "./scope";

export function ExpressionField(props: {
  nodeId: string;
  path: string;
  label: string;
  required?: boolean;
  description?: string;
  value: string;
  problem?: string | null;
  placeholder?: string;
  /** Evaluated inside the for-each whose form this is, at its first item. */
  inside?: boolean;
  onChange: (value: string) => void;
}) {
  const fields = useScope(props.nodeId);
  const live = useLive(props.value, "expression", props.inside);
  return (
    <Labelled {...props} live={live}>
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

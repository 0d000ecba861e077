/** A bare expression, such as a condition's test: no braces, with completion, a picker and the live value. */
import { useLive } from "@/preview/live";
import { CodeEditor } from "@/ui/CodeEditor";
import { FieldPicker } from "./FieldPicker";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";
import { useScope } from "./scope";
import { useCode } from "./useCode";
import { useDrop } from "./useDrop";

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
  aside?: React.ReactNode;
  onChange: (value: string) => void;
}) {
  const fields = useScope(props.nodeId);
  const live = useLive(props.value, props.value.includes("{{") ? "template" : "expression", props.inside);
  const code = useCode(props.nodeId, live);
  const pick = (path: string) => {
    const taken = path.replaceAll("[]", "[0]");
    props.onChange(props.value.trim() ? `${props.value.trim()} ${taken}` : taken);
  };
  const drop = useDrop(pick);
  return (
    <Labelled {...props} live={live}>
      <div className={classes.row} {...drop}>
        <CodeEditor
          language="expression"
          singleLine
          label={props.label}
          value={props.value}
          invalid={Boolean(props.problem)}
          placeholder={props.placeholder ?? "trigger.body…"}
          onChange={props.onChange}
          {...code}
        />
        <FieldPicker fields={fields} label={props.label} onPick={pick} />
      </div>
    </Labelled>
  );
}

/** One value of a step: fixed and typed by its schema, taken from an earlier step, or an expression with {{ }}. */
import { useState } from "react";
import type { Field } from "@/document/scope";
import type { Value } from "@/document/types";
import { useLive } from "@/preview/live";
import type { Evaluated } from "@/preview/usePreview";
import { CodeEditor } from "@/ui/CodeEditor";
import { Constant, type FieldProps } from "./Constant";
import { FieldPicker } from "./FieldPicker";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";
import { isTemplate, useScope } from "./scope";
import { TakenPath } from "./TakenPath";
import { useCode } from "./useCode";
import { useDrop } from "./useDrop";

export { Constant, type FieldProps, JsonField } from "./Constant";

type Way = "fixed" | "mapped" | "expression";
const WAYS: { way: Way; word: string; title: string }[] = [
  { way: "fixed", word: "Fixed", title: "The same in every run" },
  { way: "mapped", word: "From a step", title: "Taken from an earlier step" },
  { way: "expression", word: "Expression", title: "Text with {{ … }}, calculated in every run" },
];
const PATH = /^\{\{\s*[A-Za-z_][\w.[\]]*\s*\}\}$/;

function wayOf(value: Value | undefined): Way {
  if (!isTemplate(value)) return "fixed";
  return PATH.test(value.trim()) ? "mapped" : "expression";
}

export function ValueField(props: FieldProps) {
  const { schema, value, label } = props;
  const fields = useScope(props.nodeId);
  const [chosen, choose] = useState<Way>(wayOf(value));
  const way = isTemplate(value) && chosen === "fixed" ? wayOf(value) : chosen;
  const live = useLive(isTemplate(value) ? value : null, "template");
  const pick = (path: string) => {
    const taken = `{{ ${path.replaceAll("[]", "[0]")} }}`;
    const isText = way === "expression" && typeof value === "string" && value.trim() !== "";
    props.onChange(
      isText && schema.type === "string" && !PATH.test(value.trim()) ? `${value}${taken}` : taken,
    );
    if (way === "fixed") choose("mapped");
  };
  const turn = (next: Way) => {
    choose(next);
    const isKept = next === "fixed" ? !isTemplate(value) : next === "expression" || wayOf(value) === next;
    if (!isKept) props.onChange(undefined);
  };
  const drop = useDrop(pick);
  return (
    <Labelled
      label={label}
      required={props.required}
      description={schema.description}
      problem={props.problem}
      live={way === "fixed" ? undefined : live}
      path={props.path}
      aside={<Ways label={label} way={way} onChange={turn} />}
    >
      <div className={classes.row} {...drop}>
        {way === "fixed" && <Constant {...props} />}
        {way === "mapped" && <Taken {...props} fields={fields} onPick={pick} />}
        {way === "expression" && <Code {...props} live={live} />}
        {way !== "mapped" && <FieldPicker fields={fields} label={label} onPick={pick} />}
      </div>
    </Labelled>
  );
}

function Ways({ label, way, onChange }: { label: string; way: Way; onChange: (way: Way) => void }) {
  return (
    <fieldset className={classes.modes} aria-label={`Where ${label} comes from`}>
      {WAYS.map((each) => (
        <button
          key={each.way}
          type="button"
          className={classes.mode}
          title={each.title}
          aria-pressed={way === each.way}
          onClick={() => onChange(each.way)}
        >
          {each.word}
        </button>
      ))}
    </fieldset>
  );
}

/** A value taken from a step: the way to it in words, and the tree to take another. */
function Taken(props: FieldProps & { fields: Field[]; onPick: (path: string) => void }) {
  const path = isTemplate(props.value) ? props.value.replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, "") : "";
  return (
    <FieldPicker fields={props.fields} label={props.label} onPick={props.onPick}>
      <TakenPath fields={props.fields} path={path} empty="Choose a value" />
    </FieldPicker>
  );
}

function Code(props: FieldProps & { live: Evaluated | undefined }) {
  const code = useCode(props.nodeId, props.live);
  return (
    <CodeEditor
      language="template"
      singleLine
      label={props.label}
      value={typeof props.value === "string" ? props.value : ""}
      invalid={Boolean(props.problem)}
      placeholder="{{ trigger.body… }}"
      onChange={(text) => props.onChange(text === "" ? undefined : text)}
      {...code}
    />
  );
}

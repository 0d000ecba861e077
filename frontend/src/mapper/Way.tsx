/** Where a field's value comes from: one or several fields, a fixed value, a lookup table, if … then …, a formula. */
import { Select } from "@mantine/core";
import { useState } from "react";
import type { Rule } from "@/document/types";
import { completionsOf } from "@/inspector/scope";
import { CodeEditor } from "@/ui/CodeEditor";
import { ChoiceForm } from "./ChoiceForm";
import { choiceOf } from "./conditions";
import { FieldsForm } from "./FieldsForm";
import { FixedForm } from "./FixedForm";
import classes from "./panel.module.css";
import { fromFormula, sourceKind } from "./rules";
import { useMapper } from "./sheet";
import { TableForm } from "./TableForm";
import type { TargetField } from "./targets";

type Kind = "field" | "fixed" | "table" | "choice" | "formula";

const KINDS: { value: Kind; label: string }[] = [
  { value: "field", label: "Fields of earlier steps" },
  { value: "fixed", label: "A fixed value" },
  { value: "table", label: "A lookup table" },
  { value: "choice", label: "If … then … else" },
  { value: "formula", label: "A formula" },
];

export interface WayProps {
  field: TargetField;
  rule: Rule;
  onChange: (rule: Rule, label: string, about?: string) => void;
}

function kindOf(rule: Rule): Kind {
  const kind = sourceKind(rule);
  if (kind === "value") return "fixed";
  if (kind === "expression") return choiceOf(rule.expression ?? "") ? "choice" : "formula";
  return rule.transforms?.length === 1 && rule.transforms[0]?.fn === "lookup" ? "table" : "field";
}

export function Way(props: WayProps) {
  const { rule, field } = props;
  const { fields } = useMapper();
  const [kind, setKind] = useState<Kind>(() => kindOf(rule));
  return (
    <section className={classes.section} aria-label="Where the value comes from">
      <Select
        label="Filled from"
        aria-label={`How ${field.title} gets its value`}
        data={KINDS}
        value={kind}
        data-first
        onChange={(next) => next && setKind(next as Kind)}
        data-testid="way"
      />
      {kind === "field" && <FieldsForm {...props} />}
      {kind === "fixed" && <FixedForm {...props} />}
      {kind === "table" && <TableForm {...props} />}
      {kind === "choice" && <ChoiceForm {...props} />}
      {kind === "formula" && (
        <CodeEditor
          language="expression"
          label={`Formula for ${field.title}`}
          value={rule.expression ?? ""}
          completions={completionsOf(fields)}
          placeholder="'Order ' ~ trigger.body.id"
          onChange={(text) => {
            if (text.trim() !== "") props.onChange(fromFormula(rule, text), "write a formula", "expression");
          }}
        />
      )}
    </section>
  );
}

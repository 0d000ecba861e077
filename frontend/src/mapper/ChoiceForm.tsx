/** "If a field is X then A else B", built from choices and written as a formula. */
import { ActionIcon, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Value } from "@/document/types";
import { FieldPicker } from "@/inspector/FieldPicker";
import {
  type Choice,
  choiceOf,
  choiceText,
  needsValue,
  OPERATORS,
  type Operator,
  type Outcome,
  type Test,
  typed,
} from "./conditions";
import classes from "./panel.module.css";
import { fromFormula, sourcesOf } from "./rules";
import { useMapper } from "./sheet";
import type { WayProps } from "./Way";
import { shortWords } from "./words";

export function ChoiceForm({ rule, onChange }: WayProps) {
  const [choice, setChoice] = useState<Choice>(
    () => choiceOf(rule.expression ?? "") ?? blank(sourcesOf(rule)[0] ?? ""),
  );
  const change = (part: Partial<Choice>) => {
    const next = { ...choice, ...part };
    setChoice(next);
    if (next.test.field)
      onChange(fromFormula(withoutChain(rule), choiceText(next)), "write a condition", "choice");
  };
  return (
    <div className={classes.fields}>
      <span className={classes.label}>If</span>
      <TestForm test={choice.test} onChange={(test) => change({ test })} />
      <OutcomeForm label="Then" outcome={choice.yes} onChange={(yes) => change({ yes })} />
      <OutcomeForm label="Else" outcome={choice.no} onChange={(no) => change({ no })} />
    </div>
  );
}

/** A chain belongs to what filled the field before. */
function withoutChain<T extends { transforms?: unknown }>({
  transforms: _,
  ...rest
}: T): Omit<T, "transforms"> & T {
  return rest as Omit<T, "transforms"> & T;
}

const blank = (field: string): Choice => ({
  test: { field, operator: "is", value: "" },
  yes: { value: "" },
  no: { value: "" },
});

export function TestForm({ test, onChange }: { test: Test; onChange: (test: Test) => void }) {
  const { fields, known } = useMapper();
  return (
    <div className={classes.test}>
      <div className={classes.pick}>
        <span className="truncate" title={test.field}>
          {test.field ? shortWords(test.field, known) : "Pick the field to look at"}
        </span>
        <FieldPicker
          fields={fields}
          label="the field to look at"
          onPick={(field) => onChange({ ...test, field })}
        />
      </div>
      <div className={classes.pair}>
        <Select
          aria-label="Comparison"
          data={OPERATORS}
          value={test.operator}
          onChange={(operator) => operator && onChange({ ...test, operator: operator as Operator })}
        />
        {needsValue(test.operator) && (
          <TextInput
            aria-label="Compared with"
            placeholder="value"
            value={plain(test.value)}
            onChange={(event) => onChange({ ...test, value: typed(event.currentTarget.value) })}
          />
        )}
      </div>
    </div>
  );
}

const plain = (value: Value) => (value === null ? "" : String(value));

function OutcomeForm(props: { label: string; outcome: Outcome; onChange: (outcome: Outcome) => void }) {
  const { fields, known } = useMapper();
  const { outcome } = props;
  return (
    <div className={classes.outcome}>
      <span className={classes.label}>{props.label}</span>
      {"path" in outcome ? (
        <div className={classes.pick}>
          <span className="truncate" title={outcome.path}>
            {shortWords(outcome.path, known)}
          </span>
          <ActionIcon
            aria-label={`${props.label}: a fixed value`}
            onClick={() => props.onChange({ value: "" })}
          >
            <IconX size={15} />
          </ActionIcon>
        </div>
      ) : (
        <TextInput
          aria-label={`${props.label}: value`}
          placeholder="a value, or pick a field"
          value={plain(outcome.value)}
          onChange={(event) => props.onChange({ value: typed(event.currentTarget.value) })}
        />
      )}
      <FieldPicker
        fields={fields}
        label={props.label.toLowerCase()}
        onPick={(path) => props.onChange({ path })}
      />
    </div>
  );
}

/** A test as rows in words: field, comparison, value; joined by “and” or “or”. Another click shows it as an expression. */
import { ActionIcon, Button, SegmentedControl, Select, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Field } from "@/document/scope";
import { find } from "@/document/scope";
import { useLive } from "@/preview/live";
import { type Row, type Rows, readRows, TESTS, type Test, takesValue, writeRows } from "./condition";
import classes from "./condition.module.css";
import { ExpressionField } from "./ExpressionField";
import { FieldPicker } from "./FieldPicker";
import fieldClasses from "./fields.module.css";
import { Labelled } from "./Labelled";
import { short, useScope } from "./scope";
import { TakenPath } from "./TakenPath";
import { useDrop } from "./useDrop";

interface Props {
  nodeId: string;
  path: string;
  label: string;
  value: string;
  problem?: string | null;
  onChange: (value: string) => void;
}

export function ConditionField(props: Props) {
  const read = readRows(props.value);
  const [isText, setText] = useState(read === null);
  // A row without a field says nothing yet, so it lives here until it does.
  const [drawn, setDrawn] = useState<Rows>(read ?? { join: "and", rows: [] });
  const rows = read && writeRows(drawn) !== props.value ? read : drawn;
  const live = useLive(isText ? null : props.value, "expression");
  const change = (next: Rows) => {
    setDrawn(next);
    const text = writeRows(next);
    if (text !== props.value) props.onChange(text);
  };
  const aside = (
    <fieldset className={fieldClasses.modes} aria-label={`How “${props.label}” is written`}>
      <button
        type="button"
        className={fieldClasses.mode}
        aria-pressed={!isText}
        disabled={read === null}
        title={read === null ? "This is more than rows can say" : "Rows of field, comparison and value"}
        onClick={() => setText(false)}
      >
        In words
      </button>
      <button type="button" className={fieldClasses.mode} aria-pressed={isText} onClick={() => setText(true)}>
        Expression
      </button>
    </fieldset>
  );
  if (isText) {
    return <ExpressionField {...props} required placeholder="trigger.body.amount > 100" aside={aside} />;
  }
  const put = (at: number, part: Partial<Row>) =>
    change({ ...rows, rows: rows.rows.map((row, index) => (index === at ? { ...row, ...part } : row)) });
  return (
    <Labelled {...props} required live={live} aside={aside}>
      <div className={classes.rows} data-testid="condition-rows">
        {rows.rows.map((row, at) => (
          <div key={at} className={classes.group}>
            {at > 0 && (
              <Join join={rows.join} onChange={(join) => change({ ...rows, join })} isFirst={at === 1} />
            )}
            <OneRow
              {...props}
              row={row}
              number={at + 1}
              onChange={(part) => put(at, part)}
              onRemove={
                rows.rows.length > 1
                  ? () => change({ ...rows, rows: rows.rows.filter((_, index) => index !== at) })
                  : undefined
              }
            />
          </div>
        ))}
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          style={{ justifySelf: "start" }}
          onClick={() => setDrawn({ ...rows, rows: [...rows.rows, { field: "", test: "==", value: "" }] })}
        >
          Add a comparison
        </Button>
      </div>
    </Labelled>
  );
}

function Join(props: { join: Rows["join"]; isFirst: boolean; onChange: (join: Rows["join"]) => void }) {
  if (!props.isFirst) return <span className={classes.join}>{props.join}</span>;
  return (
    <SegmentedControl
      size="xs"
      className={classes.choice}
      aria-label="Whether all or one of them must hold"
      data={[
        { value: "and", label: "and" },
        { value: "or", label: "or" },
      ]}
      value={props.join}
      onChange={(join) => props.onChange(join as Rows["join"])}
    />
  );
}

function OneRow(
  props: Omit<Props, "onChange"> & {
    row: Row;
    number: number;
    onChange: (part: Partial<Row>) => void;
    onRemove?: () => void;
  },
) {
  const { row, number, onChange } = props;
  const fields = useScope(props.nodeId);
  const take = (path: string) => onChange({ field: path.replaceAll("[]", "[0]") });
  const drop = useDrop(take);
  const isTyped = takesValue(row.test);
  return (
    <div className={classes.row}>
      <div {...drop} className={classes.field}>
        <FieldPicker fields={fields} label={`field ${number}`} onPick={take}>
          <TakenPath fields={fields} path={row.field} empty="Choose a field" />
        </FieldPicker>
      </div>
      <Select
        className={isTyped ? undefined : classes.wide}
        aria-label={`Comparison ${number}`}
        data={TESTS.map(({ value, label }) => ({ value, label }))}
        value={row.test}
        allowDeselect={false}
        maxDropdownHeight={320}
        comboboxProps={{ width: 180, position: "bottom-start" }}
        onChange={(test) => onChange({ test: (test ?? "==") as Test })}
      />
      {isTyped && (
        <TextInput
          aria-label={`Value ${number}`}
          value={row.value}
          placeholder={row.test === "in" ? "one, another" : exampleOf(fields, row.field)}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
      )}
      {props.onRemove && (
        <Tooltip label="Remove this comparison">
          <ActionIcon
            className={classes.remove}
            size={34}
            aria-label={`Remove comparison ${number}`}
            onClick={props.onRemove}
          >
            <IconX size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

function exampleOf(fields: Field[], path: string): string {
  const sample = path ? find(fields, path)?.sample : undefined;
  return sample === undefined || sample === null ? "value" : (short(sample) ?? "value");
}

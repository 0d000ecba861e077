/** The rarer settings of a rule: default, when it stays empty, only when, further cases, a note. */
import { Button, Select, Switch, Textarea, TextInput, UnstyledButton } from "@mantine/core";
import { IconArrowsSplit2, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import type { Rule } from "@/document/types";
import { completionsOf } from "@/inspector/scope";
import { CodeEditor } from "@/ui/CodeEditor";
import { TestForm } from "./ChoiceForm";
import { testOf, testText, typed } from "./conditions";
import classes from "./panel.module.css";
import { withKey } from "./rules";
import { useMapper } from "./sheet";
import type { TargetField } from "./targets";
import type { WayProps } from "./Way";

const EMPTY = [
  { value: "omit", label: "Leave the field out" },
  { value: "null", label: "Send it empty (null)" },
  { value: "fail", label: "Stop the run and name the field" },
];

interface MoreProps {
  rule: Rule;
  field: TargetField;
  onChange: WayProps["onChange"];
  onAddCase: () => void;
}

export function RuleMore({ rule, field, onChange, onAddCase }: MoreProps) {
  const said = [rule.default, rule.on_empty, rule.when, rule.note].filter(
    (part) => part !== undefined,
  ).length;
  const [opened, setOpened] = useState(said > 0);
  const put = <K extends keyof Rule>(key: K, value: Rule[K] | undefined, label: string) =>
    onChange(withKey(rule, key, value), label, key);
  return (
    <section className={classes.section} aria-label="More">
      <UnstyledButton className={classes.more} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <IconChevronRight size={15} className={opened ? classes.opened : undefined} aria-hidden />
        When empty, only when, note
      </UnstyledButton>
      {opened && (
        <div className={classes.fields}>
          <TextInput
            label="When there is nothing, use"
            placeholder="no default"
            value={rule.default === undefined || rule.default === null ? "" : String(rule.default)}
            onChange={(event) => {
              const text = event.currentTarget.value;
              const isText = field.type === "string";
              put("default", text === "" ? undefined : isText ? text : typed(text), "set a default");
            }}
          />
          <Select
            label="When it stays empty"
            data={EMPTY}
            value={rule.on_empty ?? "omit"}
            onChange={(value) =>
              put("on_empty", value === "omit" ? undefined : (value as Rule["on_empty"]), "when empty")
            }
          />
          <OnlyWhen rule={rule} field={field} onChange={onChange} />
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconArrowsSplit2 size={13} />}
            onClick={onAddCase}
            className={classes.start}
          >
            Add another case
          </Button>
          <Textarea
            label="Note"
            placeholder="Why it is mapped so"
            autosize
            minRows={2}
            value={rule.note ?? ""}
            onChange={(event) => put("note", event.currentTarget.value || undefined, "write a note")}
          />
        </div>
      )}
    </section>
  );
}

function OnlyWhen({ rule, field, onChange }: Omit<MoreProps, "onAddCase">) {
  const { fields } = useMapper();
  const [isOn, setOn] = useState(rule.when !== undefined);
  const test =
    rule.when === undefined ? { field: "", operator: "is" as const, value: "" } : testOf(rule.when);
  const [draft, setDraft] = useState(test);
  const write = (when: string | undefined) => onChange(withKey(rule, "when", when), "only when", "when");
  return (
    <div className={classes.fields}>
      <Switch
        label="Only when a condition holds"
        checked={isOn}
        onChange={(event) => {
          setOn(event.currentTarget.checked);
          if (!event.currentTarget.checked) write(undefined);
        }}
      />
      {isOn &&
        (draft ? (
          <TestForm
            test={draft}
            onChange={(next) => {
              setDraft(next);
              if (next.field) write(testText(next));
            }}
          />
        ) : (
          <CodeEditor
            language="expression"
            singleLine
            label={`Only when, for ${field.title}`}
            value={rule.when ?? ""}
            completions={completionsOf(fields)}
            onChange={(text) => {
              if (text.trim() !== "") write(text);
            }}
          />
        ))}
    </div>
  );
}

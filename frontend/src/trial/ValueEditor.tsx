/** A value to edit by hand: as fields for most people, as JSON text to paste into. Saves only what can be read. */
import { Button, Group, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Value } from "@/document/types";
import { CodeEditor } from "@/ui/CodeEditor";
import classes from "./trial.module.css";
import { ValueForm } from "./ValueForm";

export function ValueEditor(props: {
  value: Value;
  label: string;
  verb: string;
  busy?: boolean;
  startAs?: "fields" | "json";
  onSave: (value: Value) => void;
  onCancel?: () => void;
}) {
  const isPlain = typeof props.value !== "object" || props.value === null;
  const [mode, setMode] = useState<string>(props.startAs ?? (isPlain ? "json" : "fields"));
  const [value, setValue] = useState(props.value);
  const [text, setText] = useState(() => JSON.stringify(props.value, null, 2));
  const parsed = parse(text);
  const switchTo = (next: string) => {
    if (next === "json") setText(JSON.stringify(value, null, 2));
    else if (parsed.ok) setValue(parsed.value);
    setMode(next);
  };
  const ready = mode === "fields" ? { ok: true, value } : parsed;
  return (
    <div className={classes.tight}>
      <SegmentedControl
        size="xs"
        aria-label="How to edit"
        value={mode}
        disabled={mode === "json" && !parsed.ok}
        onChange={switchTo}
        data={[
          { value: "fields", label: "Fields" },
          { value: "json", label: "JSON" },
        ]}
      />
      {mode === "fields" ? (
        <ValueForm value={value} label={props.label} onChange={setValue} />
      ) : (
        <>
          <CodeEditor
            language="json"
            label={props.label}
            value={text}
            invalid={!parsed.ok}
            height={280}
            onChange={setText}
          />
          {!parsed.ok && (
            <p className={classes.notice} data-tone="bad" role="alert">
              <span className={classes.noticeWords}>
                This text cannot be read: {parsed.why} Paste the whole body, from the first brace to the last.
              </span>
            </p>
          )}
        </>
      )}
      <Group gap={8} justify="flex-end">
        {props.onCancel && (
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
        )}
        <Button
          disabled={!ready.ok}
          loading={props.busy}
          onClick={() => props.onSave(ready.value)}
          data-testid="save-sample"
        >
          {props.verb}
        </Button>
      </Group>
    </div>
  );
}

/** What is wrong with a text, in words, with the line where reading stopped. */
export function parse(text: string): { ok: boolean; value: Value; why: string } {
  if (text.trim() === "") return { ok: false, value: null, why: "it is empty." };
  try {
    return { ok: true, value: JSON.parse(text) as Value, why: "" };
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1];
    const line = at ? text.slice(0, Number(at)).split("\n").length : null;
    return {
      ok: false,
      value: null,
      why: line ? `something is missing or too much in line ${line}.` : "it is not whole.",
    };
  }
}

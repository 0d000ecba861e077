/** What a field comes to with the sample, under the field: the value and its kind, or in words why there is none. */
import { Popover, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { Json } from "@/api/types";
import type { Evaluated } from "@/preview/usePreview";
import { JsonView } from "@/ui/JsonView";
import classes from "./live.module.css";
import { short } from "./scope";

export function LiveValue({ live, label }: { live: Evaluated | undefined; label: string }) {
  if (!live) return null;
  if (live.error) {
    return (
      <p className={classes.refused} data-testid="live-error">
        {live.error.message}
        {live.error.hint && <span className={classes.hint}> {live.error.hint}</span>}
      </p>
    );
  }
  return (
    <div className={classes.live} data-testid="live-value">
      <Shown value={live.value ?? null} label={label} />
      {live.notes?.map((note) => (
        <p key={note.message} className={classes.note} data-testid="live-note">
          {note.message}
        </p>
      ))}
    </div>
  );
}

const SAID = new Map<Json, string>([
  [null, "nothing"],
  ["", "empty text"],
  [true, "yes"],
  [false, "no"],
]);

function Shown({ value, label }: { value: Json; label: string }) {
  const [opened, setOpened] = useState(false);
  const text = SAID.get(value) ?? short(value) ?? "";
  const isLong = (typeof value === "object" && value !== null) || text.endsWith("…");
  const line = (
    <>
      <span className={`${classes.value} truncate`} data-faint={value === null || value === "" || undefined}>
        {text}
      </span>
      <span className={classes.kind}>{value === null ? "" : kindOf(value)}</span>
    </>
  );
  if (!isLong) return <div className={classes.line}>{line}</div>;
  return (
    <Popover opened={opened} onChange={setOpened} position="left" width={420} withinPortal shadow="md">
      <Popover.Target>
        <UnstyledButton
          className={classes.line}
          aria-label={`Show the whole value of ${label}`}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          {line}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <JsonView value={value} label={`Value of ${label}`} depth={2} maxHeight={360} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** What a person calls the kind of a value. */
export function kindOf(value: Json): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === "object") return "object";
  if (typeof value === "boolean") return "yes or no";
  return typeof value === "number" ? "number" : "text";
}

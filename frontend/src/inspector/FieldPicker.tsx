/** Picks a value of an earlier step out of a searchable tree with types and sample values. */
import { ActionIcon, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconChevronRight, IconSearch, IconVariable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { Field } from "@/document/scope";
import fieldClasses from "./fields.module.css";
import classes from "./picker.module.css";
import { short, wordOf } from "./scope";
import { FIELD_TYPE } from "./useDrop";

export function FieldPicker(props: {
  fields: Field[];
  label: string;
  onPick: (path: string) => void;
  /** What is shown instead of the small button: the value that was chosen. */
  children?: ReactNode;
}) {
  const [opened, setOpened] = useState(false);
  const open = { "aria-label": `Pick a value for ${props.label}`, onClick: () => setOpened(!opened) };
  return (
    <Popover opened={opened} onChange={setOpened} position="left-start" width={400} trapFocus withinPortal>
      <Popover.Target>
        {props.children ? (
          <button
            type="button"
            className={fieldClasses.takenBox}
            onClick={open.onClick}
            aria-expanded={opened}
          >
            <IconVariable size={16} aria-hidden color="var(--accent)" style={{ flex: "none" }} />
            <span className="visually-hidden">{open["aria-label"]}: </span>
            {props.children}
          </button>
        ) : (
          <Tooltip label="Take a value from an earlier step">
            <ActionIcon variant="default" size={34} {...open}>
              <IconVariable size={17} />
            </ActionIcon>
          </Tooltip>
        )}
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <FieldTree
          fields={props.fields}
          onPick={(path) => {
            props.onPick(path);
            setOpened(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

export function FieldTree({
  fields,
  onPick,
  tall,
}: {
  fields: Field[];
  onPick: (path: string) => void;
  tall?: boolean;
}) {
  const [text, setText] = useState("");
  const shown = text
    ? fields.map((field) => kept(field, text.toLowerCase())).filter((field) => field !== null)
    : fields;
  return (
    <div className={classes.picker} data-tall={tall || undefined}>
      <TextInput
        size="xs"
        m={8}
        leftSection={<IconSearch size={14} />}
        placeholder="Search fields"
        aria-label="Search fields"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ul className={classes.tree} aria-label="Values of earlier steps">
        {shown.map((field) => (
          <Branch key={field.path} field={field} depth={0} open={text !== ""} onPick={onPick} />
        ))}
        {shown.length === 0 && <li className={classes.none}>No field is called that.</li>}
      </ul>
    </div>
  );
}

function kept(field: Field, text: string): Field | null {
  const children = field.children.map((child) => kept(child, text)).filter((child) => child !== null);
  const isHit = `${field.label} ${field.description ?? ""} ${short(field.sample) ?? ""}`
    .toLowerCase()
    .includes(text);
  return isHit || children.length > 0
    ? { ...field, children: isHit && children.length === 0 ? field.children : children }
    : null;
}

function Branch(props: { field: Field; depth: number; open: boolean; onPick: (path: string) => void }) {
  const { field, depth } = props;
  const [opened, setOpened] = useState(depth < 2);
  const isOpen = props.open || opened;
  const hasChildren = field.children.length > 0;
  return (
    <li>
      <div className={classes.row} style={{ paddingLeft: 6 + depth * 14 }}>
        {hasChildren ? (
          <button
            type="button"
            className={classes.fold}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? "Fold" : "Unfold"} ${field.label}`}
            onClick={() => setOpened(!isOpen)}
          >
            <IconChevronRight size={13} className={isOpen ? classes.turned : undefined} />
          </button>
        ) : (
          <span className={classes.fold} />
        )}
        <button
          type="button"
          className={classes.field}
          title={field.description ?? field.path}
          draggable
          onDragStart={(event) => event.dataTransfer.setData(FIELD_TYPE, field.path)}
          onClick={() => props.onPick(field.path)}
        >
          <span className={classes.name}>{field.label}</span>
          <span className={classes.type}>{wordOf(field.type)}</span>
          {!hasChildren && field.sample !== undefined && (
            <span className={`${classes.sample} truncate`}>{short(field.sample)}</span>
          )}
        </button>
      </div>
      {hasChildren && isOpen && (
        <ul className={classes.inner}>
          {field.children.map((child) => (
            <Branch key={child.path} {...props} field={child} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  );
}

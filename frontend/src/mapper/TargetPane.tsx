/** The right tree: the fields to fill, each with what fills it in words and the value that comes out of the sample. */
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { AddField } from "./AddField";
import { drop, unmap } from "./gestures";
import { found, type Row, rowsOf } from "./rows";
import { Fold } from "./SourcePane";
import { useMapper, useSheet } from "./sheet";
import { TargetValue } from "./TargetValue";
import { Tree } from "./Tree";
import { TypeMark } from "./TypeMark";
import type { TargetField } from "./targets";
import classes from "./tree.module.css";
import { ruleWords } from "./words";

const MANY = 400;
// The tree has the focus and names its active row; its cells need none.
const CELL = { role: "gridcell" } as const;

export function TargetPane() {
  const mapper = useMapper();
  const { targets, store, wanted, consumer } = mapper;
  const [text, setText] = useState("");
  const [folds, setFolds] = useState<Record<string, boolean>>({});
  const chosen = useSheet((state) => state.chosen);
  const [active, setActive] = useState<string | null>(null);
  const [seen, setSeen] = useState(chosen);
  if (chosen !== seen) {
    // What is chosen elsewhere (the next missing field) becomes the active row, its holders opened.
    setSeen(chosen);
    if (chosen) {
      setActive(chosen);
      setFolds((old) => ({ ...old, ...openedAbove(chosen, wanted) }));
    }
  }
  const rows = useMemo(() => {
    const words = text.toLowerCase();
    const fits = ({ title, path, schema }: TargetField) =>
      `${title} ${path} ${schema.description ?? ""}`.toLowerCase().includes(words);
    const tree = words ? found(targets, fits) : targets;
    const isOpen = (field: TargetField, depth: number) =>
      words !== "" || (folds[field.path] ?? (wanted.size < MANY || depth === 0));
    return rowsOf(tree, isOpen);
  }, [targets, text, folds, wanted]);
  const choose = (path: string) => {
    const { armed } = store.getState();
    setActive(path);
    if (armed) drop(mapper, armed, path);
    else store.getState().set({ chosen: path, ask: null });
  };
  const onKey = (event: KeyboardEvent, path: string | null) => {
    if (!path) return false;
    if (event.key === "Enter" || event.key === " ") {
      const isPlacing = store.getState().armed !== null;
      choose(path);
      if (!isPlacing) focusPanel();
      return true;
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      unmap(mapper, path);
      return true;
    }
    return false;
  };
  return (
    <section className={classes.pane} data-side="target" aria-label="Fields to fill">
      <div className={classes.searchRow}>
        <TextInput
          size="xs"
          className={classes.search}
          leftSection={<IconSearch size={14} />}
          placeholder={consumer ? `Search fields of ${consumer.title}` : "Search fields"}
          aria-label="Search fields to fill"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <AddField />
      </div>
      <Tree
        side="target"
        label={consumer ? `Fields of ${consumer.title}` : "Fields to fill"}
        rows={rows}
        active={active}
        onActive={(path) => {
          setActive(path);
          store.getState().set({ lit: { side: "target", path } });
        }}
        onFold={(path, isOpen) => setFolds((old) => ({ ...old, [path]: isOpen }))}
        onKey={onKey}
      >
        {(row) => (
          <TargetRow
            row={row}
            onChoose={() => choose(row.item.path)}
            onFold={() => setFolds((old) => ({ ...old, [row.item.path]: !row.isOpen }))}
          />
        )}
      </Tree>
      {rows.length === 0 && text !== "" && <p className={classes.none}>No field is called that.</p>}
    </section>
  );
}

export function focusPanel(): void {
  requestAnimationFrame(() =>
    document
      .querySelector<HTMLElement>("[data-panel] [data-first], [data-panel] input, [data-panel] button")
      ?.focus(),
  );
}

function openedAbove(path: string, wanted: Map<string, TargetField>): Record<string, boolean> {
  const opened: Record<string, boolean> = {};
  for (const [holder] of wanted)
    if (path.startsWith(`${holder}.`) || path.startsWith(`${holder}[`)) opened[holder] = true;
  return opened;
}

function TargetRow(props: { row: Row<TargetField>; onChoose: () => void; onFold: () => void }) {
  const { rules, places: mapped, known, specs, missing, store } = useMapper();
  const { item, depth, isOpen } = props.row;
  const chosen = useSheet((state) => state.chosen === item.path);
  const over = useSheet((state) => state.drag?.over === item.path);
  const places = mapped.get(item.path) ?? [];
  const isMissing = missing.some(({ path }) => path === item.path);
  const light = (isLit: boolean) =>
    store.getState().set({ lit: isLit ? { side: "target", path: item.path } : null });
  const words = places
    .map((at) => (rules[at] ? ruleWords(rules[at], known, specs) : ""))
    .join("; otherwise ");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tree answers the keys; this answers the pointer
    <div
      className={classes.line}
      role="presentation"
      style={{ paddingLeft: 4 + depth * 14 }}
      data-chosen={chosen || undefined}
      data-over={over || undefined}
      data-missing={isMissing || undefined}
      data-filled={places.length > 0 || undefined}
      title={[item.title, item.schema.description, item.path].filter(Boolean).join("\n")}
      onPointerEnter={() => light(true)}
      onPointerLeave={() => light(false)}
      onClick={props.onChoose}
      onKeyDown={undefined}
    >
      <div {...CELL} className={classes.nameCell}>
        <Fold has={item.children.length > 0} isOpen={isOpen} onFold={props.onFold} />
        <TypeMark type={item.type} />
        <span className={`${classes.name} truncate`}>{item.title}</span>
        {item.required && (
          <span className={classes.required} title="Required">
            <span aria-hidden>*</span>
            <span className="visually-hidden">required</span>
          </span>
        )}
        {item.title !== item.name && <span className={`${classes.code} truncate`}>{item.name}</span>}
      </div>
      <div {...CELL} className={classes.wordsCell}>
        {words || (isMissing ? "not filled" : "")}
      </div>
      <div {...CELL} className={classes.valueCell}>
        <TargetValue field={item} isMissing={isMissing} />
      </div>
    </div>
  );
}

/** The left tree: what earlier steps give, with the sample's values; fields are dragged or taken from here. */
import { TextInput } from "@mantine/core";
import { IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Field } from "@/document/scope";
import { nameOf } from "./clashes";
import { isInside, nearest } from "./paths";
import { found, type Row, rowsOf } from "./rows";
import { sourcesOf } from "./rules";
import { useMapper, useSheet } from "./sheet";
import { Tree } from "./Tree";
import { TypeMark } from "./TypeMark";
import classes from "./tree.module.css";
import { useDrag } from "./useDrag";
import { shortWords, valueWords } from "./words";

export function SourcePane() {
  const mapper = useMapper();
  const { fields, store, known } = mapper;
  const [text, setText] = useState("");
  const [folds, setFolds] = useState<Record<string, boolean>>({});
  const [active, setActive] = useState<string | null>(null);
  const [used] = useState(() => mapper.rules.flatMap(sourcesOf));
  const armed = useSheet((state) => state.armed);
  const chosen = useSheet((state) => state.chosen);
  const [seen, setSeen] = useState(chosen);
  if (chosen !== seen) {
    // What fills the chosen field comes into sight.
    setSeen(chosen);
    const rule = mapper.rules[mapper.places.get(chosen ?? "")?.[0] ?? -1];
    const source = rule && nearest(sourcesOf(rule)[0] ?? "", (path) => known.has(path));
    if (source) {
      setActive(source);
      const above = [...known.keys()].filter((path) => isInside(source, path));
      setFolds((old) => ({ ...old, ...Object.fromEntries(above.map((path) => [path, true])) }));
    }
  }
  const rows = useMemo(() => {
    const words = text.toLowerCase();
    const tree = words ? found(fields, (field) => textOf(field).includes(words)) : fields;
    const first = used.length > 0 ? [] : fields.filter(({ children }) => children.length > 1).slice(0, 2);
    const isOpen = (field: Field) => words !== "" || (folds[field.path] ?? isOpenAtFirst(field, first, used));
    return rowsOf(tree, isOpen);
  }, [fields, text, folds, used]);
  const arm = (path: string) => {
    store.getState().set({ armed: path });
    mapper.say(`${shortWords(path, known)} is taken. Choose the field to fill and press Enter.`);
    document.querySelector<HTMLElement>('[data-tree="target"]')?.focus();
  };
  return (
    <section className={classes.pane} data-side="source" aria-label="Values of earlier steps">
      <TextInput
        size="xs"
        className={classes.search}
        leftSection={<IconSearch size={14} />}
        placeholder="Search what earlier steps give"
        aria-label="Search what earlier steps give"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Tree
        side="source"
        label="Values of earlier steps"
        rows={rows}
        active={active}
        onActive={(path) => {
          setActive(path);
          store.getState().set({ lit: { side: "source", path } });
        }}
        onFold={(path, isOpen) => setFolds((old) => ({ ...old, [path]: isOpen }))}
        onKey={(event, path) => {
          if (!path || !mapper.editable || (event.key !== "Enter" && event.key !== " ")) return false;
          arm(path);
          return true;
        }}
      >
        {(row) => (
          <SourceRow
            row={row}
            isArmed={armed === row.item.path}
            onFold={() => setFolds((old) => ({ ...old, [row.item.path]: !row.isOpen }))}
            onChoose={() => setActive(row.item.path)}
            onTake={() => arm(row.item.path)}
          />
        )}
      </Tree>
      {rows.length === 0 && (
        <p className={classes.none}>
          {text ? "No field is called that." : "No step comes before this one yet."}
        </p>
      )}
    </section>
  );
}

function isOpenAtFirst(field: Field, first: Field[], used: string[]): boolean {
  const { path } = field;
  return (
    first.some((step) => step.path === path) ||
    /^trigger\.body(\.data(\.object)?)?$/.test(path) ||
    used.some((source) => isInside(source, path))
  );
}

function textOf(field: Field): string {
  const value = field.children.length === 0 ? valueWords(field.sample) : "";
  return `${field.label} ${field.title ?? ""} ${value}`.toLowerCase();
}

function SourceRow(props: {
  row: Row<Field>;
  isArmed: boolean;
  onFold: () => void;
  onChoose: () => void;
  onTake: () => void;
}) {
  const { store, editable } = useMapper();
  const { item, depth, isOpen } = props.row;
  const drag = useDrag();
  const hasChildren = item.children.length > 0;
  const light = (isLit: boolean) =>
    store.getState().set({ lit: isLit ? { side: "source", path: item.path } : null });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tree answers the keys; this answers the pointer
    <div
      className={classes.line}
      style={{ paddingLeft: 4 + depth * 14 }}
      data-armed={props.isArmed || undefined}
      data-drag={editable || undefined}
      title={[item.title, item.about, item.path].filter(Boolean).join("\n")}
      onPointerEnter={() => light(true)}
      onPointerLeave={() => light(false)}
      onPointerDown={(event) => editable && drag(event, { source: item.path })}
      onClick={props.onChoose}
      onDoubleClick={hasChildren ? props.onFold : props.onTake}
      onKeyDown={undefined}
    >
      <Fold has={hasChildren} isOpen={isOpen} onFold={props.onFold} />
      <TypeMark type={item.type} />
      <span className={`${classes.name} truncate`}>{nameOf(item)}</span>
      {item.title && item.title !== item.label && depth > 0 && (
        <span className={`${classes.code} truncate`}>{item.label}</span>
      )}
      <span className={`${classes.sample} truncate`} data-none={item.sample === null || undefined}>
        {sampleWords(item)}
      </span>
    </div>
  );
}

function sampleWords(field: Field): string {
  if (field.sample === undefined) return "";
  if (field.children.length > 0 && !Array.isArray(field.sample)) return "";
  return field.sample === null ? "empty" : valueWords(field.sample, 40);
}

export function Fold(props: { has: boolean; isOpen: boolean; onFold: () => void }) {
  if (!props.has) return <span className={classes.fold} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the tree do the same
    <span
      className={classes.fold}
      data-fold
      onPointerDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        event.stopPropagation();
        props.onFold();
      }}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={undefined}
    >
      <IconChevronRight size={14} className={props.isOpen ? classes.turned : undefined} aria-hidden />
    </span>
  );
}

/** The flow as a tree for keyboard and screen reader, in step with the canvas: the same steps, the same selection.
 *  Everything that can be drawn can be done here; what was done is said in the live region of the editor. */
import { TextInput } from "@mantine/core";
import { IconAlertTriangle, IconChevronRight, IconCornerDownRight } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { placeOf } from "@/document/graph";
import { outlineOf, type Row, rowsOf } from "@/document/outline";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { useDocument, useEditor, useView } from "./editor";
import { problemsByNode } from "./graph";
import { connectorOf, iconOf, lineOf, titleOf } from "./kinds";
import classes from "./outline.module.css";
import { onOutlineKey } from "./outlineKeys";

export function Outline() {
  const editor = useEditor();
  const { kinds, problems, view, store } = editor;
  const document = useDocument();
  const chosen = useView((state) => state.nodes);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | null>(chosen[0] ?? null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const rows = useMemo(() => {
    const declared = (kind: string) => kinds.items.find((candidate) => candidate.kind === kind)?.ports;
    return rowsOf(outlineOf(document, declared), closed);
  }, [document, kinds, closed]);
  const marks = useMemo(
    () => problemsByNode(problems, (pointer) => placeOf(document, pointer)),
    [problems, document],
  );
  const current = rows.find(({ item }) => item.key === at) ?? rows[0];

  // What is chosen elsewhere becomes the current row; when the tree has the focus, the focus goes along.
  useEffect(() => {
    const only = chosen.length === 1 ? chosen[0] : undefined;
    if (only) setAt(only);
  }, [chosen]);
  const currentKey = current?.item.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows may hold the current one for the first time
  useEffect(() => {
    const row = tree.current?.querySelector<HTMLElement>('[tabindex="0"]');
    row?.scrollIntoView?.({ block: "nearest" });
    const active = globalThis.document.activeElement;
    const isLost = hadFocus.current && active === globalThis.document.body;
    if ((tree.current?.contains(active) || isLost) && renaming === null) row?.focus();
  }, [currentKey, rows, renaming]);
  // A row that had the focus may go (renamed, removed); a click elsewhere means to be elsewhere.
  useEffect(() => {
    const leave = (event: PointerEvent) => {
      hadFocus.current = tree.current?.contains(event.target as Node) ?? false;
    };
    window.addEventListener("pointerdown", leave, true);
    return () => window.removeEventListener("pointerdown", leave, true);
  }, []);
  // Coming here by key begins in the tree; what was added from here returns here.
  useEffect(() => {
    const row = tree.current?.querySelector<HTMLElement>('[tabindex="0"]');
    (row ?? tree.current)?.focus();
  }, []);

  const go = (row: Row | undefined) => {
    if (!row) return;
    setAt(row.item.key);
    view.getState().select(row.item.type === "step" ? [row.item.node.id] : [row.item.from]);
    if (row.item.type === "way") setAt(row.item.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!current || renaming !== null) return;
    const done = onOutlineKey(event, { editor, rows, current, closed, setClosed, go, rename: setRenaming });
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <aside className={classes.outline} aria-label="Outline" data-testid="outline">
      {rows.length === 0 && (
        <p className={classes.none}>Nothing yet. Press a to choose what starts the flow.</p>
      )}
      <div
        role="tree"
        aria-label="Steps of the flow"
        aria-multiselectable
        className={classes.tree}
        ref={tree}
        onKeyDown={onKeyDown}
        onFocus={() => {
          hadFocus.current = true;
        }}
        onBlur={(event) => {
          if (event.relatedTarget && !tree.current?.contains(event.relatedTarget)) hadFocus.current = false;
        }}
        tabIndex={rows.length === 0 ? 0 : -1}
      >
        {rows.map((row) => (
          <OutlineRow
            key={row.item.key}
            row={row}
            isCurrent={row.item.key === currentKey}
            isOpen={!closed.has(row.item.key)}
            isChosen={row.item.type === "step" && chosen.includes(row.item.node.id)}
            mark={row.item.type === "step" ? marks.get(row.item.node.id) : undefined}
            renaming={renaming === row.item.key}
            onGo={() => go(row)}
            onRenamed={(title) => {
              const item = row.item;
              setRenaming(null);
              if (item.type !== "step" || title === null || title === titleOf(item.node)) return;
              store
                .getState()
                .run({ type: "replace_node", id: item.node.id, node: { ...item.node, title } }, "rename");
              view.getState().say(`Renamed to ${title}`);
            }}
          />
        ))}
      </div>
      <p className={classes.help}>
        <kbd>a</kbd> add <kbd>F2</kbd> rename <kbd>Alt ↑↓</kbd> move <kbd>Alt ←→</kbd> out of, into a for-each{" "}
        <kbd>c</kbd> connect <kbd>Del</kbd> remove
      </p>
    </aside>
  );
}

interface RowProps {
  row: Row;
  isCurrent: boolean;
  isOpen: boolean;
  isChosen: boolean;
  mark: "error" | "warning" | undefined;
  renaming: boolean;
  onGo: () => void;
  onRenamed: (title: string | null) => void;
}

function OutlineRow({ row, isCurrent, isOpen, isChosen, mark, renaming, onGo, onRenamed }: RowProps) {
  const { item, level, position, size } = row;
  const hasChildren = item.children.length > 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree listens to the keys of all its rows
    <div
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={size}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={isChosen}
      tabIndex={isCurrent ? 0 : -1}
      className={classes.row}
      data-way={item.type === "way" || undefined}
      data-testid={`outline-${item.key}`}
      style={{ paddingLeft: 8 + (level - 1) * 16 }}
      onClick={onGo}
    >
      <IconChevronRight
        size={14}
        aria-hidden
        className={classes.turn}
        data-open={isOpen || undefined}
        style={{ visibility: hasChildren ? "visible" : "hidden" }}
      />
      {item.type === "way" ? (
        <>
          <IconCornerDownRight size={14} aria-hidden />
          <span className="truncate">
            {item.isError ? "when it fails" : `by “${item.port}”`}
            {!hasChildren && <span className="faint"> · nothing yet</span>}
          </span>
        </>
      ) : renaming ? (
        <Rename title={titleOf(item.node)} onDone={onRenamed} />
      ) : (
        <StepWords row={row} mark={mark} />
      )}
    </div>
  );
}

function StepWords({ row, mark }: { row: Row; mark: "error" | "warning" | undefined }) {
  const { connectors } = useEditor();
  const document = useDocument();
  if (row.item.type !== "step") return null;
  const { node } = row.item;
  const connector = connectorOf(document, node, connectors);
  const Icon = iconOf(node.kind);
  return (
    <>
      {connector ? (
        <ConnectorIcon name={connector.title} url={connector.icon_url} size={18} />
      ) : (
        <Icon size={16} aria-hidden />
      )}
      <span className={`${classes.words} truncate`}>
        {titleOf(node)} <span className="faint">{lineOf(document, node, connectors)}</span>
      </span>
      {mark && (
        <IconAlertTriangle
          size={14}
          color={mark === "error" ? "var(--bad)" : "var(--wait)"}
          aria-label={mark === "error" ? "has a problem" : "has a warning"}
        />
      )}
    </>
  );
}

function Rename({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const [text, setText] = useState(title);
  return (
    <TextInput
      size="xs"
      autoFocus
      aria-label="New title"
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => onDone(text.trim() || null)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") onDone(text.trim() || null);
        if (event.key === "Escape") onDone(null);
      }}
    />
  );
}

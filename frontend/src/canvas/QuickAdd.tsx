/** The list that opens where an edge was dropped or a plus was pressed: type, choose, and the step is there. */
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { NODE_HEIGHT, NODE_WIDTH } from "@/document/layout";
import type { FlowDocument } from "@/document/types";
import { mainPort, type Placement, useAddEntry } from "./adding";
import { type Entry, search } from "./catalogue";
import { type QuickAddRequest, useDocument, useEditor, useView } from "./editor";
import { EntryIcon } from "./Palette";
import classes from "./palette.module.css";

/** After a step that leads on by one way, a new one goes between the two. */
function inRow(document: FlowDocument, { from, parent }: QuickAddRequest): Placement {
  if (!from) return { parent };
  const port = from.port ?? mainPort(document, from.node);
  const leaving = document.edges.filter((edge) => edge.from === from.node && (edge.port ?? null) === port);
  const only = leaving.length === 1 ? leaving[0] : undefined;
  return only ? { edge: only } : { from: { node: from.node, port } };
}

export function QuickAdd() {
  const request = useView((state) => state.quickAdd);
  if (!request) return null;
  return <List key={`${request.at.x}:${request.at.y}`} request={request} />;
}

function List({ request }: { request: QuickAddRequest }) {
  const { entries, view } = useEditor();
  const document = useDocument();
  const add = useAddEntry();
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const isFollowing = request.from || request.edge || request.parent;
  const fitting = useMemo(() => {
    const hasTrigger = document.nodes.some(({ kind }) => kind === "trigger");
    const kept = entries.filter(({ kind }) => kind !== "trigger" || (!isFollowing && !hasTrigger));
    return search(request.edge ? kept.filter(({ kind }) => kind !== "fail") : kept, text).slice(0, 60);
  }, [entries, document.nodes, isFollowing, request.edge, text]);
  const close = () => view.getState().openQuickAdd(null);

  // Who came by key goes on where they were.
  const [before] = useState(() => globalThis.document.activeElement as HTMLElement | null);
  useLayoutEffect(
    () => () => {
      if (before?.isConnected && before !== globalThis.document.body) before.focus();
    },
    [before],
  );
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) view.getState().openQuickAdd(null);
    };
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [view]);

  function choose(entry: Entry | undefined) {
    if (!entry) return;
    if (request.byKey) {
      close();
      const row = inRow(document, request);
      add(entry, row.edge && entry.kind === "fail" ? { from: request.from } : row);
      return;
    }
    const point = flow.screenToFlowPosition(request.at);
    const isDropped = request.from && !request.parent;
    const position = request.edge
      ? { x: Math.round(point.x - NODE_WIDTH / 2), y: Math.round(point.y - NODE_HEIGHT / 2) }
      : { x: Math.round(point.x), y: Math.round(point.y - NODE_HEIGHT / 2) };
    const placement = { from: request.from, edge: request.edge, parent: request.parent };
    add(entry, isDropped || request.edge || !request.parent ? { ...placement, position } : placement);
    close();
  }

  function keys(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      setAt((before) => Math.max(0, Math.min(fitting.length - 1, before + step)));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      choose(fitting[at]);
    }
    if (event.key === "Escape") close();
  }

  const left = Math.min(request.at.x, window.innerWidth - 340);
  const top = Math.min(request.at.y, window.innerHeight - 400);
  return (
    <div
      ref={box}
      className={classes.quick}
      style={{ left, top }}
      role="dialog"
      aria-label="Add a step"
      data-testid="quick-add"
    >
      <div className={classes.quickSearch}>
        <TextInput
          size="xs"
          leftSection={<IconSearch size={14} />}
          placeholder="What comes next?"
          aria-label="What comes next?"
          role="combobox"
          aria-expanded
          aria-controls="quick-add-options"
          aria-activedescendant={`quick-${at}`}
          value={text}
          autoFocus
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={keys}
        />
      </div>
      <div className={classes.options} role="listbox" id="quick-add-options" aria-label="Steps">
        {fitting.map((entry, index) => (
          <button
            type="button"
            role="option"
            tabIndex={-1}
            id={`quick-${index}`}
            key={entry.id}
            className={classes.option}
            aria-selected={index === at}
            ref={(element) => {
              if (index === at) element?.scrollIntoView?.({ block: "nearest" });
            }}
            onPointerEnter={() => setAt(index)}
            onClick={() => choose(entry)}
          >
            <EntryIcon entry={entry} />
            <span className={classes.optionWords}>
              <span className="truncate">{entry.title}</span>
              <small className="truncate">{entry.connector?.title ?? entry.description}</small>
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}

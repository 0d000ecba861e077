/** Search in the flow: titles, fields, values, connections, notes; from hit to hit, and to the field itself. */
import { ActionIcon, TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { findIn, type Hit } from "@/document/find";
import { nameOf } from "./actions";
import { useDocument, useEditor, useView } from "./editor";
import classes from "./find.module.css";
import { NOTE_PREFIX } from "./graph";
import { lineOf } from "./kinds";

export function FindBar() {
  const isOpen = useView((state) => state.finding);
  return isOpen && <Bar />;
}

function Bar() {
  const { view, connectors } = useEditor();
  const document = useDocument();
  const flow = useReactFlow();
  const box = useRef<HTMLInputElement>(null);
  const [before] = useState(() => globalThis.document.activeElement as HTMLElement | null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const hits = useMemo(
    () => findIn(document, text, (node) => lineOf(document, node, connectors)),
    [document, text, connectors],
  );
  const current = hits[at];

  useEffect(() => box.current?.focus(), []);
  useMarks(hits);
  const close = () => {
    view.getState().find(false);
    if (before?.isConnected) before.focus();
  };
  const show = (index: number) => {
    const hit = hits[index];
    setAt(index);
    if (!hit) return;
    if (hit.note) view.getState().select([], [], [hit.note]);
    else if (hit.node) view.getState().select([hit.node]);
    else view.getState().showSettings(true);
    const id = hit.note ? NOTE_PREFIX + hit.note : hit.node;
    if (id) void flow.fitView({ nodes: [{ id }], duration: 120, maxZoom: 1, padding: 0.6 });
    view.getState().say(`${index + 1} of ${hits.length}: ${placeIn(hit)}, ${hit.text}`);
  };
  const placeIn = (hit: Hit) => (hit.node ? `${nameOf(document, hit.node)}, ${hit.where}` : hit.where);
  const step = (by: number) => show((at + by + hits.length) % Math.max(1, hits.length));
  const toField = (hit: Hit | undefined) => {
    if (!hit?.node) return;
    view.getState().find(false);
    view.getState().focusField(hit.node, hit.field);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) toField(current);
    else if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className={classes.bar} aria-label="Find in this flow" data-testid="find-bar">
      <div className={classes.head}>
        <TextInput
          ref={box}
          size="xs"
          className={classes.input}
          leftSection={<IconSearch size={14} />}
          placeholder="Find in this flow"
          aria-label="Find in this flow"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <output className={classes.count}>
          {text.trim() === "" ? "" : hits.length === 0 ? "none" : `${at + 1} of ${hits.length}`}
        </output>
        <ActionIcon aria-label="The one before" disabled={hits.length === 0} onClick={() => step(-1)}>
          <IconChevronUp size={16} />
        </ActionIcon>
        <ActionIcon aria-label="The next one" disabled={hits.length === 0} onClick={() => step(1)}>
          <IconChevronDown size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Close the search" onClick={close}>
          <IconX size={15} />
        </ActionIcon>
      </div>
      {hits.length > 0 && (
        <ul className={classes.hits} aria-label="Found">
          {hits.slice(0, 60).map((hit, index) => (
            <li key={`${hit.node}${hit.note}${hit.field}${hit.where}`}>
              <UnstyledButton
                className={classes.hit}
                data-current={index === at || undefined}
                onClick={() => {
                  show(index);
                  toField(hit);
                }}
              >
                <span className="truncate">{hit.text}</span>
                <small className="truncate">{placeIn(hit)}</small>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      {hits.length > 0 && (
        <p className={classes.help}>Enter next · Shift Enter before · Ctrl Enter to the field</p>
      )}
    </search>
  );
}

/** Cards with a hit are marked as long as the search is open. */
function useMarks(hits: Hit[]): void {
  useEffect(() => {
    const ids = new Set(hits.flatMap(({ node }) => node ?? []));
    const marked = [...ids].flatMap((id) => document.querySelector(`[data-testid="node-${id}"]`) ?? []);
    for (const card of marked) card.setAttribute("data-found", "");
    return () => {
      for (const card of marked) card.removeAttribute("data-found");
    };
  }, [hits]);
}

/** What can be done with a step, a connection, a note or the empty canvas, where it was asked for. */
import { Menu } from "@mantine/core";
import { useReactFlow } from "@xyflow/react";
import { Fragment, useEffect, useRef, useState } from "react";
import type { Alignment } from "@/document/align";
import { removeSelection } from "@/document/edits";
import { nodeOf } from "@/document/graph";
import { align, duplicate, remove, takeOut, undoOrRedo, wrap, writeNote } from "./actions";
import { copyChosen, cutChosen, pasteFromMenu } from "./clipboard";
import { CONNECT_FIELD, type EditorValue, type MenuRequest, useEditor, useView } from "./editor";
import { useTidy } from "./tidying";

interface Item {
  label: string;
  keys?: string;
  act: () => void;
  danger?: boolean;
}

export const ALIGNMENTS: { how: Alignment; label: string }[] = [
  { how: "left", label: "Align left" },
  { how: "centre", label: "Align centres" },
  { how: "right", label: "Align right" },
  { how: "top", label: "Align top" },
  { how: "middle", label: "Align middles" },
  { how: "bottom", label: "Align bottom" },
  { how: "across", label: "Space across" },
  { how: "down", label: "Space down" },
];

export function ContextMenu() {
  const request = useView((state) => state.menu);
  return request && <Opened key={`${request.at.x}:${request.at.y}`} request={request} />;
}

function Opened({ request }: { request: MenuRequest }) {
  const editor = useEditor();
  const flow = useReactFlow();
  const tidy = useTidy();
  const list = useRef<HTMLDivElement>(null);
  const [before] = useState(() => globalThis.document.activeElement as HTMLElement | null);
  useEffect(() => {
    const timer = setTimeout(() => list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus(), 20);
    return () => {
      clearTimeout(timer);
      if (before?.isConnected) before.focus();
    };
  }, [before]);
  const groups = itemsFor(editor, request, flow, tidy).filter((group) => group.length > 0);
  const close = () => editor.view.getState().openMenu(null);
  return (
    <Menu
      opened
      returnFocus={false}
      onClose={close}
      position="bottom-start"
      width={230}
      offset={2}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <span aria-hidden style={{ position: "fixed", left: request.at.x, top: request.at.y }} />
      </Menu.Target>
      <Menu.Dropdown ref={list} data-testid="context-menu" aria-label="What can be done here">
        {groups.map((group, at) => (
          <Fragment key={group[0]?.label}>
            {at > 0 && <Menu.Divider />}
            {group.map(({ label, keys, act, danger }) => (
              <Menu.Item
                key={label}
                color={danger ? "red" : undefined}
                rightSection={keys ? <kbd className="faint">{keys}</kbd> : undefined}
                onClick={() => {
                  close();
                  act();
                }}
              >
                {label}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

type Flow = ReturnType<typeof useReactFlow>;

function itemsFor(editor: EditorValue, request: MenuRequest, flow: Flow, tidy: () => void): Item[][] {
  if (request.edge) return editor.editable ? [edgeItems(editor, request)] : [];
  if (request.note) return [chosenItems(editor)];
  if (request.node) return stepItems(editor, request.node, request.at);
  return paneItems(editor, request, flow, tidy);
}

function edgeItems(editor: EditorValue, { at, edge }: MenuRequest): Item[] {
  if (!edge) return [];
  const { view, store } = editor;
  return [
    { label: "Insert a step here", act: () => view.getState().openQuickAdd({ at, edge }) },
    { label: `Go to the step before`, act: () => view.getState().select([edge.from]) },
    { label: `Go to the step after`, act: () => view.getState().select([edge.to]) },
    {
      label: "Remove the connection",
      keys: "Del",
      danger: true,
      act: () => {
        const { document, run } = store.getState();
        run(removeSelection(document, [], [edge]), "remove connection");
        view.getState().say("Removed the connection");
      },
    },
  ];
}

function chosenItems(editor: EditorValue): Item[] {
  const copy = { label: "Copy", keys: "Ctrl C", act: () => void copyChosen(editor) };
  if (!editor.editable) return [copy];
  return [
    copy,
    { label: "Cut", keys: "Ctrl X", act: () => void cutChosen(editor) },
    { label: "Duplicate", keys: "Ctrl D", act: () => duplicate(editor) },
    { label: "Remove", keys: "Del", danger: true, act: () => remove(editor) },
  ];
}

function stepItems(editor: EditorValue, id: string, at: { x: number; y: number }): Item[][] {
  const { view, store, editable } = editor;
  const { document } = store.getState();
  const node = nodeOf(document, id);
  const { nodes } = view.getState();
  const isOne = nodes.length <= 1;
  const form: Item[] = isOne
    ? [{ label: "Open its form", keys: "Enter", act: () => view.getState().focusField(id, "") }]
    : [];
  if (!editable || !node) return [form, chosenItems(editor)];
  const grow: Item[] = isOne
    ? [
        {
          label: "Add a step after it",
          keys: "A",
          act: () => view.getState().openQuickAdd({ at, from: { node: id, port: null } }),
        },
        { label: "Connect to a step…", keys: "C", act: () => view.getState().focusField(id, CONNECT_FIELD) },
      ]
    : [];
  const mapping: Item[] =
    isOne && node.kind === "map"
      ? [{ label: "Open the mapper", keys: "M", act: () => view.getState().openMapper(id) }]
      : [];
  const loops: Item[] =
    node.kind === "trigger" ? [] : [{ label: "Wrap in a for-each", keys: "Ctrl G", act: () => wrap(editor) }];
  if (node.parent) loops.push({ label: "Take out of the for-each", act: () => void takeOut(editor, id) });
  const lines: Item[] = isOne
    ? []
    : ALIGNMENTS.map(({ how, label }) => ({ label, act: () => align(editor, how) }));
  return [[...form, ...mapping], grow, loops, lines, chosenItems(editor)];
}

function paneItems(editor: EditorValue, { at }: MenuRequest, flow: Flow, tidy: () => void): Item[][] {
  const { view, store, editable } = editor;
  const point = flow.screenToFlowPosition(at);
  const { document } = store.getState();
  const look: Item[] = [
    {
      label: "Choose everything",
      keys: "Ctrl A",
      act: () => view.getState().select(document.nodes.map(({ id }) => id)),
    },
    { label: "Find in this flow", keys: "Ctrl F", act: () => view.getState().find(true) },
    {
      label: "Fit everything in view",
      keys: "F",
      act: () => void flow.fitView({ duration: 150, padding: 0.12 }),
    },
  ];
  if (!editable) return [look];
  return [
    [
      { label: "Add a step here", keys: "A", act: () => view.getState().openQuickAdd({ at }) },
      { label: "Write a note here", keys: "N", act: () => writeNote(editor, point) },
      { label: "Paste here", keys: "Ctrl V", act: () => void pasteFromMenu(editor, { at: point }) },
    ],
    [
      { label: "Tidy the layout", keys: "T", act: tidy },
      { label: "Undo", keys: "Ctrl Z", act: () => void undoOrRedo(editor, false) },
    ],
    look,
  ];
}

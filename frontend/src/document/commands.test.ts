import { describe, expect, test } from "vitest";
import { clip, paste } from "./clipping";
import { apply, type Command } from "./commands";
import { connect, freeId, insertOnEdge, refusalOf, removeSelection, renameNode } from "./edits";
import { tidy } from "./layout";
import { addNote, changeNote } from "./notes";
import { moveAfter, moveBefore, putInto, wrapInLoop } from "./regroup";
import { createDocumentStore, type DocumentStore } from "./store";
import type { FlowDocument } from "./types";

const START: FlowDocument = {
  schema: 1,
  connections: { stripe: { connector: "stripe" } },
  settings: { business_key: "{{ steps.b.id }}" },
  nodes: [
    { id: "a", kind: "trigger", params: { type: "manual" } },
    {
      id: "b",
      kind: "call",
      params: { connection: "stripe", operation: "x", input: { id: "{{ trigger.body.id }}" } },
    },
    { id: "c", kind: "map", params: { rules: [{ target: "t", source: "steps.b.name" }] } },
  ],
  edges: [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
  ],
  layout: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 } },
};

/** A small repeatable source of chance, so that a failing seed can be run again. */
function chance(seed: number) {
  let state = seed * 2654435761 + 1;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

function randomCommand(document: FlowDocument, pick: (below: number) => number): Command {
  const node = document.nodes[pick(Math.max(1, document.nodes.length))];
  const other = document.nodes[pick(Math.max(1, document.nodes.length))];
  const at = { x: pick(1000), y: pick(1000) };
  const made = { id: freeId(document, "n"), kind: "map", params: { n: pick(9) } };
  const choices: (() => Command)[] = [
    () => ({ type: "insert_nodes", nodes: [{ index: pick(5), node: made, position: pick(2) ? at : null }] }),
    () => (node ? removeSelection(document, [node.id]) : { type: "batch", commands: [] }),
    () =>
      node
        ? { type: "replace_node", id: node.id, node: { ...node, title: `t${pick(9)}` } }
        : { type: "batch", commands: [] },
    () =>
      node && other ? connect(document, { from: node.id, to: other.id }) : { type: "batch", commands: [] },
    () => ({ type: "remove_edges", edges: document.edges.filter(() => pick(2) === 0) }),
    () => (node ? { type: "move", positions: { [node.id]: at } } : { type: "batch", commands: [] }),
    () => ({ type: "set", key: "settings", value: pick(3) ? { lane: `l${pick(9)}` } : undefined }),
    () =>
      node ? renameNode(document, node.id, freeId(document, "renamed")) : { type: "batch", commands: [] },
    () => paste(document, clip(document, node ? [node.id] : []), { x: 40, y: 40 }).command,
    () => {
      const edge = document.edges[pick(Math.max(1, document.edges.length))];
      return edge ? insertOnEdge(document, edge, made, at) : { type: "batch", commands: [] };
    },
  ];
  return (choices[pick(choices.length)] as () => Command)();
}

/** Whatever a person can do in the editor, with steps, edges and notes chosen by chance; half of it in gestures. */
function doSomething(store: DocumentStore, pick: (below: number) => number): void {
  const { document, run } = store.getState();
  const any = <T>(list: readonly T[]): T | undefined => list[pick(Math.max(1, list.length))];
  const node = any(document.nodes);
  const other = any(document.nodes);
  const some = document.nodes.filter(() => pick(3) === 0).map(({ id }) => id);
  const loops = document.nodes.filter(({ kind }) => kind === "for_each");
  const note = any(document.notes ?? []);
  const nothing: Command = { type: "batch", commands: [] };
  const choices: (() => Command)[] = [
    () => randomCommand(document, pick),
    () => putInto(document, some, any(loops)?.id ?? null),
    () => wrapInLoop(document, some)?.command ?? nothing,
    () => (node && other && node !== other ? moveAfter(document, node.id, other.id, null) : nothing),
    () => (node && other && node !== other ? moveBefore(document, node.id, other.id) : nothing),
    () => addNote(document, { x: pick(500), y: pick(500) }).command,
    () => (note ? changeNote(document, note.id, { text: `n${pick(9)}` }) : nothing),
    () =>
      document.nodes.length > 25
        ? nothing
        : paste(document, clip(document, some, note ? [note.id] : []), { x: 9, y: 9 }, null).command,
    () => ({ type: "move", positions: tidy(document) }),
    () => ({
      type: "batch",
      commands: [randomCommand(document, pick), { type: "set", key: "x", value: pick(3) }],
    }),
    () => ({ type: "replace_document", document: { ...START, nodes: START.nodes.slice(0, 1 + pick(3)) } }),
  ];
  const command = (any(choices) ?? choices[0])?.() ?? nothing;
  if (pick(4) === 0) store.getState().endGesture();
  run(command, "edit", pick(2) ? `gesture ${pick(2)}` : undefined);
}

describe("undo without limit", () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed + 100))(
    "takes any edits back to the very first document and forward to the very last (seed %i)",
    (seed) => {
      const pick = chance(seed);
      const { layout: _, ...bare } = START;
      const first = seed % 2 ? START : bare;
      const store = createDocumentStore(structuredClone(first));
      for (let turn = 0; turn < 80; turn += 1) doSomething(store, pick);
      const last = structuredClone(store.getState().document);

      while (store.getState().undo() !== null);
      expect(store.getState().document).toStrictEqual(first);

      while (store.getState().redo() !== null);
      expect(store.getState().document).toStrictEqual(last);
    },
  );

  test("remembers more than a thousand edits", () => {
    const store = createDocumentStore(START);
    for (let x = 1; x <= 1500; x += 1)
      store.getState().run({ type: "move", positions: { a: { x, y: 0 } } }, "move");
    expect(store.getState().past).toHaveLength(1500);
    while (store.getState().undo() !== null);
    expect(store.getState().document).toStrictEqual(START);
  });

  test("keeps a gesture of any length as small as one edit", () => {
    const store = createDocumentStore(START);
    for (let x = 1; x <= 5000; x += 1)
      store.getState().run({ type: "move", positions: { a: { x, y: 0 } } }, "move", "drag");
    expect(store.getState().past).toHaveLength(1);
    expect(JSON.stringify(store.getState().past).length).toBeLessThan(200);
  });
});

describe("commands", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "undoing any series of edits gives back the first document and redoing gives back the last (seed %i)",
    (seed) => {
      const pick = chance(seed);
      const store = createDocumentStore(START);
      for (let turn = 0; turn < 40; turn += 1)
        store.getState().run(randomCommand(store.getState().document, pick), "edit");
      const last = structuredClone(store.getState().document);

      while (store.getState().undo() !== null);
      expect(store.getState().document).toEqual(START);

      while (store.getState().redo() !== null);
      expect(store.getState().document).toEqual(last);
    },
  );

  test("a command never changes the document it is given", () => {
    const before = structuredClone(START);
    apply(START, { type: "remove_nodes", ids: ["b"] });
    apply(START, { type: "move", positions: { a: { x: 9, y: 9 } } });
    expect(START).toEqual(before);
  });

  test("removing a step takes its edges and its place along", () => {
    const { document } = apply(START, { type: "remove_nodes", ids: ["b"] });
    expect(document.edges).toEqual([]);
    expect(document.layout).toEqual({ a: { x: 0, y: 0 } });
  });

  test("renaming a step renames every mention of it", () => {
    const { document } = apply(START, renameNode(START, "b", "charge"));
    expect(document.edges).toEqual([
      { from: "a", to: "charge" },
      { from: "charge", to: "c" },
    ]);
    expect(document.nodes[2]?.params.rules).toEqual([{ target: "t", source: "steps.charge.name" }]);
    expect(document.settings).toEqual({ business_key: "{{ steps.charge.id }}" });
  });

  test("a gesture is one entry of history", () => {
    const store = createDocumentStore(START);
    for (const x of [1, 2, 3])
      store.getState().run({ type: "move", positions: { a: { x, y: 0 } } }, "move", "drag");
    expect(store.getState().past).toHaveLength(1);
    store.getState().undo();
    expect(store.getState().document.layout?.a).toEqual({ x: 0, y: 0 });
  });

  test("pasted steps refer to each other, not to their originals", () => {
    const { command, ids } = paste(START, clip(START, ["b", "c"]), { x: 0, y: 0 });
    const { document } = apply(START, command);
    expect(ids).toEqual(["b_2", "c_2"]);
    expect(document.nodes.at(-1)?.params.rules).toEqual([{ target: "t", source: "steps.b_2.name" }]);
    expect(document.edges.at(-1)).toEqual({ from: "b_2", to: "c_2" });
  });

  test("an edge that would make a circle is refused with a reason", () => {
    expect(refusalOf(START, { from: "c", to: "b" })).toBe(
      "That would make a circle: the flow must move forward.",
    );
    expect(refusalOf(START, { from: "a", to: "c" })).toBeNull();
  });
});

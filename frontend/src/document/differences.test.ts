import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Difference, difference, type FieldChange, isEmpty, partsOf } from "./differences";
import type { FlowDocument, FlowNode } from "./types";

interface Case {
  name: string;
  first: FlowDocument;
  second: FlowDocument;
  difference: Difference;
}
const CASES = JSON.parse(
  readFileSync(join(process.cwd(), "../tests/flows/differences.json"), "utf8"),
) as Case[];

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

function anyDocument(seed: number): FlowDocument {
  const next = numbers(seed);
  const name = () => ["a", "b", "c", "d/e"][next(4)] as string;
  const value = () => [1, true, "x", null, ["x"], { y: 1 }][next(6)] as never;
  const rule = () => ({ target: name(), ...(next(2) ? { value: value() } : { source: name() }) });
  const many = <T>(most: number, make: () => T) => Array.from({ length: next(most + 1) }, make);
  const ids = [...new Set(many(4, name))];
  return {
    schema: 1,
    connections: {},
    settings: { lane: value() },
    nodes: ids.map((id) => ({ id, kind: name(), params: { rules: many(4, rule), input: value() } })),
    edges: many(3, () => ({ from: name(), to: name() })),
    layout: { a: { x: next(100), y: 0 } },
  };
}

/** The node as the changes say; entries that were added stand at the end of their list. */
function patched(node: FlowNode, changes: FieldChange[]): FlowNode {
  const result = structuredClone(node) as never;
  const kept = changes.filter(({ kind }) => kind === "added" || kind === "changed");
  const removed = changes.filter(({ kind }) => kind === "removed").reverse();
  for (const change of [...kept, ...removed]) {
    const parts = partsOf(change.pointer);
    const last = parts.pop() as string;
    const holder = parts.reduce<never>((at, part) => entryOf(at, part) as never, result);
    put(holder, last, change);
  }
  return result;
}
function placeOf(list: { target: string }[], name: string): number {
  const [target, time = "1"] = name.split("#");
  const places = list.flatMap((entry, at) => (entry.target === target ? [at] : []));
  return places[Number(time) - 1] ?? -1;
}
function entryOf(holder: Record<string, unknown> | { target: string }[], name: string): unknown {
  return Array.isArray(holder) ? holder[placeOf(holder, name)] : holder[name];
}
function put(holder: Record<string, unknown>, name: string, change: FieldChange): void {
  if (!Array.isArray(holder)) {
    if (change.kind === "removed") delete holder[name];
    else holder[name] = structuredClone(change.after);
  } else if (change.kind === "added") holder.push(structuredClone(change.after));
  else holder[placeOf(holder, name)] = { target: "gone" };
}

describe("the difference of two documents", () => {
  test.each(CASES)("$name, as the server answers it", (example) => {
    expect(difference(example.first, example.second)).toEqual(example.difference);
  });

  test("is empty between any document and itself", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const document = anyDocument(seed);
      expect(isEmpty(difference(document, structuredClone(document)))).toBe(true);
    }
  });

  test("leads from the first to the second when it is applied", () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const first = anyDocument(seed);
      const second = anyDocument(seed + 1000);
      const found = difference(first, second);
      const kept = first.nodes.filter(({ id }) => !found.removed.includes(id));
      const nodes = kept.map((node) => tidied(patched(node, found.changed[node.id] ?? [])));
      const added = second.nodes.filter(({ id }) => found.added.includes(id));
      const left = difference({ ...second, nodes: [...nodes, ...added] }, second);
      const fields = Object.values(left.changed).flat();
      expect(fields.filter(({ kind }) => kind !== "order")).toEqual([]);
      expect([left.added, left.removed]).toEqual([[], []]);
    }
  });
});

/** Without the entries that were taken out of its lists. */
function tidied(node: FlowNode): FlowNode {
  const rules = node.params.rules as { target: string }[];
  return { ...node, params: { ...node.params, rules: rules.filter(({ target }) => target !== "gone") } };
}

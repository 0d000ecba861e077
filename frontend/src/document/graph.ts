/** Questions about the shape of a document: what lies upstream, which ports a node has, who refers to whom. Pure. */
import type { FlowDocument, FlowNode, Params, Value } from "./types";

export const ERROR_PORT = "error";

export function nodeOf(document: FlowDocument, id: string): FlowNode | undefined {
  return document.nodes.find((node) => node.id === id);
}

export function hasPath(document: FlowDocument, from: string, to: string): boolean {
  return leadingTo(document, to).has(from);
}

/** The step itself and every step from which edges lead to it. */
export function leadingTo(document: FlowDocument, id: string): Set<string> {
  const before = new Map<string, string[]>();
  for (const edge of document.edges) {
    const known = before.get(edge.to);
    known ? known.push(edge.from) : before.set(edge.to, [edge.from]);
  }
  const seen = new Set([id]);
  // A set is walked on while it grows.
  for (const step of seen) for (const other of before.get(step) ?? []) seen.add(other);
  return seen;
}

/** Ids of the steps whose output this step may read, nearest first; a child also sees what its for-each sees. */
export function upstream(document: FlowDocument, id: string): string[] {
  const before = new Map<string, string[]>();
  for (const edge of document.edges) before.set(edge.to, [...(before.get(edge.to) ?? []), edge.from]);
  const parents = new Map(document.nodes.map((node) => [node.id, node.parent]));
  const found: string[] = [];
  const seen = new Set([id]);
  let open = [id];
  while (open.length > 0) {
    const nearest: string[] = [];
    for (const current of open) {
      const parent = parents.get(current);
      const sources = [...(before.get(current) ?? []), ...(parent ? [parent] : [])];
      for (const source of sources) {
        if (seen.has(source)) continue;
        seen.add(source);
        nearest.push(source);
        const isOwnLoop = loopsAround(parents, id).includes(source);
        if (!isOwnLoop) found.push(source);
      }
    }
    open = nearest;
  }
  return found;
}

/** The for-eaches around a step, the innermost first. */
export function loopsAround(parents: Map<string, string | undefined>, id: string): string[] {
  const loops: string[] = [];
  let parent = parents.get(id);
  while (parent && !loops.includes(parent)) {
    loops.push(parent);
    parent = parents.get(parent);
  }
  return loops;
}

export interface Port {
  name: string | null;
  label: string;
  isError: boolean;
}

const MAIN: Port = { name: null, label: "", isError: false };

/** The ways out of a node, in drawing order. A name of null is the ordinary way, which edges leave unnamed. */
export function portsOf(node: FlowNode, declared: readonly string[] | null | undefined): Port[] {
  if (node.kind === "condition") {
    const branches = Array.isArray(node.params.branches) ? node.params.branches : [];
    const names = branches.map((branch) => portName(branch));
    const otherwise = typeof node.params.otherwise === "string" ? node.params.otherwise : "otherwise";
    const ways = [...names.filter(Boolean), otherwise].filter(isFirst).map((name) => named(name));
    return [...ways, { name: ERROR_PORT, label: "error", isError: true }];
  }
  const ports = declared ?? ["out", ERROR_PORT];
  return ports.map((name) => {
    if (name === "out") return MAIN;
    return name === ERROR_PORT ? { name, label: "error", isError: true } : named(name);
  });
}

function portName(branch: Value): string {
  return branch && typeof branch === "object" && !Array.isArray(branch) ? String(branch.port ?? "") : "";
}
function named(name: string): Port {
  return { name, label: name, isError: false };
}
function isFirst(value: string, index: number, all: string[]): boolean {
  return all.indexOf(value) === index;
}

/** Replace `steps.from` by `steps.to` in every text of a value. */
export function renameReferences<T extends Value | Params>(value: T, from: string, to: string): T {
  const pattern = new RegExp(`\\bsteps\\.${from}(?![A-Za-z0-9_])`, "g");
  const walk = (part: Value): Value => {
    if (typeof part === "string") return part.replace(pattern, `steps.${to}`);
    if (Array.isArray(part)) return part.map(walk);
    if (part && typeof part === "object")
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
    return part;
  };
  return walk(value as Value) as T;
}

/** The node and the field that a JSON pointer of the document is about. */
export function placeOf(document: FlowDocument, pointer: string): { nodeId: string | null; field: string } {
  const parts = pointer.split("/").slice(1).map(unescapePointer);
  if (parts[0] === "nodes" && parts[1] !== undefined) {
    const node = document.nodes[Number(parts[1])] ?? nodeOf(document, parts[1]);
    return { nodeId: node?.id ?? null, field: parts.slice(2).join("/") };
  }
  if (parts[0] === "edges" && parts[1] !== undefined) {
    const edge = document.edges[Number(parts[1])];
    return { nodeId: edge?.from ?? null, field: "" };
  }
  return { nodeId: null, field: parts.join("/") };
}

function unescapePointer(part: string): string {
  return part.replace(/~1/g, "/").replace(/~0/g, "~");
}

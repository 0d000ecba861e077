/** The flow as a tree in the order in which it is carried: steps, their ways out, and what a for-each repeats. Pure. */
import { type Port, portsOf } from "./graph";
import type { FlowDocument, FlowNode } from "./types";

export interface StepItem {
  key: string;
  type: "step";
  node: FlowNode;
  /** Other steps that lead here beside the one above it, by id. */
  children: OutlineItem[];
}
export interface WayItem {
  key: string;
  type: "way";
  from: string;
  port: string;
  isError: boolean;
  children: OutlineItem[];
}
export type OutlineItem = StepItem | WayItem;

export interface Row {
  item: OutlineItem;
  level: number;
  position: number;
  size: number;
  parent: string | null;
}

type PortsFor = (node: FlowNode) => Port[];

export function outlineOf(
  document: FlowDocument,
  declared: (kind: string) => string[] | null | undefined,
): OutlineItem[] {
  const placed = new Set<string>();
  const builder = new Builder(document, (node) => portsOf(node, declared(node.kind)), placed);
  return builder.level(undefined);
}

class Builder {
  private readonly byId: Map<string, FlowNode>;
  private readonly out = new Map<string, { to: string; port: string | null }[]>();
  private readonly into = new Map<string, string[]>();
  private readonly members = new Map<string | undefined, FlowNode[]>();

  constructor(
    document: FlowDocument,
    private readonly ports: PortsFor,
    private readonly placed: Set<string>,
  ) {
    this.byId = new Map(document.nodes.map((node) => [node.id, node]));
    for (const node of document.nodes) {
      const parent = node.parent && this.byId.has(node.parent) ? node.parent : undefined;
      this.members.set(parent, [...(this.members.get(parent) ?? []), node]);
    }
    for (const edge of document.edges) {
      if (!this.byId.has(edge.from) || !this.byId.has(edge.to)) continue;
      const port = edge.port && edge.port !== "out" ? edge.port : null;
      this.out.set(edge.from, [...(this.out.get(edge.from) ?? []), { to: edge.to, port }]);
      this.into.set(edge.to, [...(this.into.get(edge.to) ?? []), edge.from]);
    }
  }

  /** Everything of one for-each (or of the flow), beginning with the trigger and with what nothing leads to. */
  level(parent: string | undefined): OutlineItem[] {
    const items: OutlineItem[] = [];
    const all = this.members.get(parent) ?? [];
    const starts = all.filter(({ id }) => !this.into.has(id));
    const first = (node: FlowNode) => (node.kind === "trigger" ? 0 : 1);
    const late: string[] = [];
    for (const node of starts.sort((a, b) => first(a) - first(b))) this.walk(node.id, items, late);
    this.settle(items, late);
    for (const node of all) if (!this.placed.has(node.id)) this.walk(node.id, items, late);
    return items;
  }

  /** Places a step and what follows it; steps that still wait for other ways in are left in `late`. */
  private walk(start: string, items: OutlineItem[], late: string[]): Set<string> {
    const own = new Set<string>();
    const open = [start];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      const node = this.byId.get(id);
      if (!node || this.placed.has(id)) continue;
      this.placed.add(id);
      own.add(id);
      const children = node.kind === "for_each" ? this.level(id) : [];
      const item: StepItem = { key: id, type: "step", node, children };
      items.push(item);
      const leaving = this.out.get(id) ?? [];
      const waiting: string[] = [];
      for (const port of this.ports(node)) {
        const targets = leaving.filter((edge) => edge.port === port.name).map(({ to }) => to);
        if (port.name === null || (port.isError && targets.length === 0)) continue;
        const way: WayItem = {
          key: `${id}|${port.name}`,
          type: "way",
          from: id,
          port: port.name,
          isError: port.isError,
          children: [],
        };
        item.children.push(way);
        for (const to of targets)
          for (const placed of this.follow(to, way.children, waiting)) own.add(placed);
      }
      for (const { to } of leaving.filter(({ port }) => port === null)) {
        if (this.isReady(to, own)) open.push(to);
        else waiting.push(to);
      }
      for (const to of waiting) {
        if (this.isReady(to, own)) open.push(to);
        else late.push(to);
      }
    }
    return own;
  }

  private follow(id: string, items: OutlineItem[], waiting: string[]): Set<string> {
    if ((this.into.get(id)?.length ?? 0) === 1) return this.walk(id, items, waiting);
    waiting.push(id);
    return new Set();
  }

  /** Whether everything that leads here has been placed among these; where ways meet again is after all of them. */
  private isReady(id: string, among: ReadonlySet<string> = this.placed): boolean {
    return (this.into.get(id) ?? []).every((from) => among.has(from));
  }

  private settle(items: OutlineItem[], late: string[]): void {
    let at = late.findIndex((id) => this.isReady(id));
    while (at >= 0) {
      const [id] = late.splice(at, 1);
      if (id !== undefined) this.walk(id, items, late);
      at = late.findIndex((other) => this.isReady(other));
    }
  }
}

/** The rows on screen, closed parents without what is in them; each knows its place among its siblings. */
export function rowsOf(
  items: OutlineItem[],
  closed: ReadonlySet<string>,
  level = 1,
  parent: string | null = null,
): Row[] {
  return items.flatMap((item, at) => {
    const row: Row = { item, level, position: at + 1, size: items.length, parent };
    return closed.has(item.key) ? [row] : [row, ...rowsOf(item.children, closed, level + 1, item.key)];
  });
}

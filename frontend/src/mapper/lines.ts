/** Which lines run between the trees, and where: folded branches gather theirs, what is out of sight is left out. Pure. */
import type { Rule } from "@/document/types";
import { fieldPath, nearest } from "./paths";
import { ROW_HEIGHT } from "./rows";
import { mentioned, sourceKind, sourcesOf } from "./rules";

export type LineKind = "field" | "formula" | "suggested";

export interface Line {
  rule: number;
  source: string;
  target: string;
  kind: LineKind;
}

export function linesOf(rules: Rule[]): Line[] {
  return rules.flatMap((rule, at) => {
    const isFormula = sourceKind(rule) === "expression";
    const sources = isFormula ? mentioned(rule.expression ?? "") : sourcesOf(rule);
    const kind: LineKind = isFormula ? "formula" : "field";
    return sources.map((source) => ({ rule: at, source, target: rule.target, kind }));
  });
}

export interface Pane {
  /** Row numbers by path. */
  places: Map<string, number>;
  /** How far the pane is scrolled. */
  top: number;
}

export interface Drawn {
  key: string;
  from: number;
  to: number;
  kind: LineKind;
  /** The lines that are drawn as this one. */
  lines: Line[];
  /** An end stands for a folded branch, or lies beyond the edge of its tree. */
  isGathered: boolean;
}

/** The height of a row's middle within its pane; undefined when it is not in the tree at all. */
export function heightOf(path: string, pane: Pane): { y: number; isExact: boolean } | undefined {
  const found = placeOf(path, pane.places);
  return found && { y: found.place * ROW_HEIGHT + ROW_HEIGHT / 2 - pane.top, isExact: found.isExact };
}

interface Place {
  place: number;
  isExact: boolean;
}
const kept = new WeakMap<Map<string, number>, Map<string, Place | undefined>>();

/** The row of a path; looked for once per state of the tree, because scrolling asks again for every line. */
function placeOf(path: string, places: Map<string, number>): Place | undefined {
  let known = kept.get(places);
  if (!known) {
    known = new Map();
    kept.set(places, known);
  }
  if (!known.has(path)) {
    const at = nearest(path, (candidate) => places.has(candidate));
    const place = at === null ? undefined : places.get(at);
    known.set(path, place === undefined ? undefined : { place, isExact: at === fieldPath(path) });
  }
  return known.get(path);
}

export function drawn(lines: Line[], source: Pane, target: Pane, height: number): Drawn[] {
  const found = new Map<string, Drawn>();
  for (const line of lines) {
    const from = heightOf(line.source, source);
    const to = heightOf(line.target, target);
    if (!from || !to || areBothBeyond(from.y, to.y, height)) continue;
    const ends = [clamp(from.y, height), clamp(to.y, height)] as const;
    const key = `${line.kind} ${ends[0]} ${ends[1]}`;
    const isOut = ends[0] !== from.y || ends[1] !== to.y;
    const isGathered = isOut || !from.isExact || !to.isExact;
    const own = isGathered ? key : `${line.rule} ${line.source}`;
    const same = found.get(own);
    if (same) same.lines.push(line);
    else found.set(own, { key: own, from: ends[0], to: ends[1], kind: line.kind, lines: [line], isGathered });
  }
  return [...found.values()];
}

function areBothBeyond(from: number, to: number, height: number): boolean {
  return (from < 0 && to < 0) || (from > height && to > height);
}

const clamp = (y: number, height: number) => Math.min(Math.max(y, 0), height);

/** A smooth way from the left edge to the right one. */
export function curve(from: number, to: number, width: number, start = 0): string {
  const bend = (width - start) * 0.45;
  return `M${start} ${from} C${start + bend} ${from} ${width - bend} ${to} ${width} ${to}`;
}

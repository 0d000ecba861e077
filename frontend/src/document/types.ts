/** The flow document as the engine's schema defines it, and the problems that checking it can find.
 *  Pure data: no React, no canvas library. */

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Params = { [key: string]: Value };

export interface Retry {
  attempts?: number;
  first_seconds?: number;
  factor?: number;
  max_seconds?: number;
}

export interface FlowNode {
  id: string;
  kind: string;
  params: Params;
  title?: string;
  note?: string;
  parent?: string;
  retry?: Retry;
  on_error?: Value;
}

export interface FlowEdge {
  from: string;
  to: string;
  port?: string;
}

export interface Point {
  x: number;
  y: number;
}

/** A sheet of paper on the canvas: words for people, ignored by the engine. */
export interface Note {
  id: string;
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  color?: "yellow" | "blue" | "green" | "pink" | "grey";
}

export interface FlowDocument {
  schema: number;
  connections: Record<string, { connector: string }>;
  settings?: Params;
  nodes: FlowNode[];
  edges: FlowEdge[];
  layout?: Record<string, Point>;
  notes?: Note[];
  [key: string]: unknown;
}

export interface Problem {
  code: string;
  pointer: string;
  message: string;
  hint?: string | null;
  severity?: "error" | "warning";
}

export interface Rule {
  target: string;
  source?: string;
  sources?: string[];
  expression?: string;
  value?: Value;
  transforms?: Transform[];
  default?: Value;
  when?: string;
  on_empty?: "omit" | "null" | "fail";
  note?: string;
}

export type Transform = { fn: string } & { [key: string]: Value };

export const EMPTY_DOCUMENT: FlowDocument = { schema: 1, connections: {}, nodes: [], edges: [], layout: {} };

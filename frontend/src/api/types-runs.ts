/** The shapes of a run's journal: calls, facts, what a version reads. Read by the screens of runs; holds no behaviour. */
import type { FlowDocument } from "@/document/types";
import type { Environment, ErrorDict, Json, RunStatus } from "./types";

export interface Exchange {
  method: string;
  url: string;
  request_headers?: Record<string, string>;
  request_body?: Json;
  status: number | null;
  response_headers?: Record<string, string>;
  response_body?: Json;
  duration_ms?: number | null;
  error?: string | null;
}

export interface CallRecord {
  connection?: string;
  connector?: string;
  operation?: string;
  effect_id?: string | null;
  effect_class?: string;
  idempotency_key?: string | null;
  reused?: boolean;
  found?: boolean;
  exchanges?: Exchange[];
}

export interface Fact {
  type: string;
  at: string;
  step?: string;
  attempt?: number;
  [key: string]: unknown;
}
export interface FactRow {
  seq: number;
  facts: Fact[];
}
export interface FactsAnswer {
  items: FactRow[];
  last_seq: number;
  finished: boolean;
}

/** What one parameter of a step reads and fills, as the compiler knows it; in paths `null` stands for every item. */
export interface Read {
  node: string;
  pointer: string;
  fills: "input" | "output" | "port" | "items" | "reply" | "message" | "default";
  target: (string | number | null)[];
  way: "copy" | "source" | "sources" | "expression" | "template" | "value" | "lookup" | "test";
  paths: (string | number | null)[][];
  /** How many `[]` of each path follow those of the target item by item. */
  aligned?: number;
  params?: (string | number | null)[][];
  when?: (string | number | null)[][];
  table?: string;
}

/** What one mapping rule made of its source in one run. */
export interface RuleStages {
  step: string;
  pointer: string;
  read: Json;
  stages: { fn: string; title: string; value: Json }[];
  value: Json;
  skipped: boolean;
  error: ErrorDict | null;
}

export interface Run {
  id: string;
  flow: { id: string; name: string };
  version: number;
  environment: Environment;
  status: RunStatus;
  business_key: string;
  summary: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  wake_at: string | null;
  attempts: number;
  duration_ms: number | null;
  error: ErrorDict | null;
  replay_of: string | null;
  /** A test of the draft, kept out of the ordinary lists. */
  trial?: boolean;
}

export interface RunDetail extends Run {
  event: {
    id: string;
    received_at: string;
    trigger?: Json;
    headers?: Record<string, string>;
    query?: Record<string, string>;
    body?: Json;
    [key: string]: unknown;
  } | null;
  document: FlowDocument;
  last_seq: number;
  can: { cancel: boolean; replay: boolean; resolve: boolean };
}

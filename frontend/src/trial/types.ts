/** The shapes of samples, trials and tests of a flow, as the server's contract states them. Holds no behaviour. */
import type { Environment, ErrorDict, Json } from "@/api/types";
import type { FlowDocument, Value } from "@/document/types";

export interface Sample {
  step: string;
  value: Value;
  source: "pinned" | "trial" | "run" | "event" | "connector";
  pinned: boolean;
  at: string;
  run?: string;
  event?: string;
}

export interface FlowEvent {
  /** None when it was heard by a draft and made no run. */
  id: string | null;
  received_at: string;
  environment: Environment;
  source: string;
  business_key: string;
  run: string | null;
  summary: string;
  body?: Json;
}

export interface Listening {
  id: string;
  state: "listening" | "heard" | "ended";
  address?: string | null;
  hint?: string | null;
  until?: string | null;
  event?: FlowEvent | null;
}

export type TrialMode = "step" | "up_to" | "whole";

export interface TrialAnswer {
  run: string;
  document: FlowDocument;
  /** Steps that answer with what is kept of them, and are not done. */
  answered: string[];
}

/** One request as it would leave the house, with secrets masked. */
export interface OutgoingRequest {
  method: string;
  url: string;
  request_headers?: Record<string, string>;
  request_body?: Json;
}

export interface Difference {
  step: string;
  pointer: string;
  kind?: "changed" | "missing" | "new" | "status";
  expected?: Json;
  actual?: Json;
  message?: string;
}

export interface TestResult {
  test: string;
  name: string;
  ok: boolean;
  status: string;
  differences: Difference[];
  steps: Record<string, string>;
  error?: ErrorDict | null;
}

export interface FlowTest {
  id: string;
  name: string;
  run?: string | null;
  ignored: string[];
  created_at?: string;
  created_by?: string | { name?: string; email?: string } | null;
}

/** The shapes of samples, trials, tests of flows and listening, as the server's contract states them. */
import type { Environment, ErrorDict, Exchange, Json, RunStatus } from "@/api/types";
import type { FlowDocument } from "@/document/types";

export type SampleSource = "pinned" | "trial" | "run" | "event" | "connector";
/** An example of what a step comes to; the trigger's stands under its node's id. */
export interface Sample {
  step: string;
  value: Json;
  source: SampleSource;
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
}
export interface FlowEventDetail extends FlowEvent {
  headers: Record<string, string>;
  query: Record<string, string>;
  body: Json;
}

export type TrialMode = "step" | "up_to" | "whole" | "look";
export interface TrialRequest {
  document?: FlowDocument;
  step?: string;
  mode: TrialMode;
  environment: Environment;
  connections?: Record<string, string>;
  event?: { body: Json; headers?: Record<string, string>; query?: Record<string, string> };
}
/** `answered` are the steps that answer from a sample instead of running. */
export interface TrialStarted {
  run: string;
  document: FlowDocument;
  answered: string[];
}
/** What a step would send; nothing was sent. */
export interface TrialLook {
  exchanges: OutgoingRequest[];
}
/** One request as it would leave the house, with secrets masked. */
export type OutgoingRequest = Pick<Exchange, "method" | "url" | "request_headers" | "request_body">;

/** One thing that is not as it was recorded; `pointer` may be put among the ignored ones as it is. */
export interface TestDifference {
  step: string;
  pointer: string;
  kind: "changed" | "missing" | "new" | "status";
  expected: Json;
  actual: Json;
  message: string;
}
export interface TestResult {
  test: string;
  name: string;
  ok: boolean;
  status: RunStatus;
  differences: TestDifference[];
  /** By step path, such as `order` or `each[0].line`: succeeded, failed, skipped, or waiting. */
  steps: Record<string, string>;
  error?: ErrorDict | null;
}
export interface FlowTest {
  id: string;
  name: string;
  ignored: string[];
  run: string | null;
  mode: "step" | "up_to" | "whole";
  step: string | null;
  created_at: string;
  updated_at: string;
  created_by: { id: string; name: string } | null;
}

export interface Listening {
  id: string;
  state: "listening" | "heard" | "ended";
  environment: Environment;
  address: string | null;
  hint: string;
  until: string;
  event: FlowEventDetail | null;
}

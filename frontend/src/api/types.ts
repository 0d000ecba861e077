/** The shapes of the HTTP API, as the server's contract states them. Read by every screen; holds no behaviour. */
export * from "./types-runs";

import type { FlowDocument, Problem } from "@/document/types";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Environment = "sandbox" | "development" | "qa" | "production";
export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "uncertain";

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface TenantMembership {
  slug: string;
  name: string;
  role: string;
  permissions: string[];
}

export interface Session {
  user: { id: string; email: string; name: string } | null;
  csrf_token: string;
  tenants: TenantMembership[];
  demo?: { people: DemoPerson[]; password?: string } | null;
}
export type DemoPerson = string | { email: string; name?: string; role?: string; password?: string };

export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: Json[];
  const?: Json;
  default?: Json;
  format?: string;
  minimum?: number;
  maximum?: number;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  examples?: Json[];
  additionalProperties?: boolean | JsonSchema;
  [key: string]: unknown;
}

export interface OperationSpec {
  name: string;
  title: string;
  description?: string;
  effect: "read" | "idempotent" | "keyed" | "findable" | "unsafe";
  input: JsonSchema;
  output: JsonSchema;
  sample?: { input?: Json; output?: Json } | null;
}

export interface EventSpec {
  name: string;
  title: string;
  description?: string;
  schema?: JsonSchema;
  sample?: Json;
}

export interface TriggerSpec {
  name?: string;
  type: string;
  title: string;
  events: EventSpec[];
}

export interface AuthSpec {
  kind: string;
  title: string;
  description?: string;
  fields: JsonSchema;
}

export interface Connector {
  name: string;
  title: string;
  description: string;
  category: string;
  icon_url: string | null;
  auth: AuthSpec[];
  config: JsonSchema | null;
  operations: OperationSpec[];
  triggers: TriggerSpec[];
  has_simulator: boolean;
}

export interface Connection {
  id: string;
  name: string;
  connector: string;
  environment: Environment;
  auth_kind: string;
  config: Record<string, Json>;
  credential_fields?: string[];
  simulated: boolean;
  status: "ok" | "untested" | "broken" | "paused";
  status_detail: { message?: string; hint?: string; [key: string]: unknown } | string | null;
  created_at: string;
  updated_at: string;
  last_used_at: string | null;
}

export interface ConnectionDetail extends Connection {
  deployments: {
    flow: { id: string; name: string };
    environment: Environment;
    version: number;
    paused: boolean;
    aliases: string[];
  }[];
}

export interface ConnectionTest {
  ok: boolean;
  message: string;
  account?: string;
  asked?: {
    operation: string;
    method: string;
    url: string;
    status: number | null;
    duration_ms: number | null;
  };
  error?: { message?: string; hint?: string; code?: string };
}

export interface ConnectionHealth {
  status: Connection["status"];
  last_ok_at: string | null;
  last_failure: { at: string; code?: string; message?: string; hint?: string } | null;
  calls: number;
  failed: number;
  refused: number;
  error_rate: number;
  hours: { at: string; calls: number; failed: number; refused: number }[];
  waiting: {
    count: number;
    runs: { id: string; business_key: string; flow: string; created_at: string }[];
  };
}

export interface Deployment {
  id: string;
  environment: Environment;
  version: number;
  active: boolean;
  paused: boolean;
  connections: Record<string, string>;
  webhook_url: string | null;
  subscription?: { status?: "pending" | "active"; error?: string; events?: string[]; id?: string };
  created_at: string;
  created_by: string | { name?: string; email?: string } | null;
}

export interface FlowSummary {
  id: string;
  name: string;
  description: string;
  created_at: string;
  updated_at: string;
  updated_by: string | { name?: string; email?: string } | null;
  draft_etag: string;
  latest_version: number | null;
  deployments: Deployment[];
  problems_count: number;
  trigger: { type: string; connector: string | null; event: string | string[] | null } | null;
  systems?: string[];
  steps?: number;
  last_run?: ShortRun | null;
  failed_day?: number;
}

export interface FlowDetail extends FlowSummary {
  document: FlowDocument;
  problems: Problem[];
}

export interface Version {
  id: string;
  number: number;
  message: string;
  created_at: string;
  created_by: string | { name?: string; email?: string } | null;
  /** How much it differs from the one before; only in lists. */
  changes?: { added: number; removed: number; changed: number; edges: number; fields: number } | null;
}
export interface VersionDetail extends Version {
  document: FlowDocument;
}

export interface ShortRun {
  id: string;
  status: RunStatus;
  environment: Environment;
  business_key: string;
  created_at: string;
}

/** How a flow stands in one environment. */
export interface AtWork {
  environment: Environment;
  deployment: Deployment | null;
  earlier: {
    version: number;
    connections: Record<string, string>;
    created_at: string;
    created_by: string | { name?: string; email?: string } | null;
  } | null;
  last_run: ShortRun | null;
  runs_day: number;
  failed_day: number;
  kept: number;
}

export interface ErrorDict {
  class: string;
  code: string;
  message: string;
  hint?: string | null;
  field?: string | null;
  detail?: Record<string, Json> | null;
  pointer?: string | null;
  step?: string | null;
}

export interface Effect {
  id: string;
  run_id?: string;
  step: string;
  connector: string;
  operation: string;
  effect_class: string;
  key: string;
  generation?: number;
  business_key: string;
  status: "intended" | "sent" | "done" | "rejected" | "released" | "uncertain";
  idempotency_key?: string | null;
  request?: Json;
  answer?: Json;
  error?: ErrorDict | null;
  found?: boolean;
  created_at: string;
  settled_at: string | null;
}

export interface LookupTable {
  id: string;
  name: string;
  title: string;
  description: string;
  key_title: string;
  value_title: string;
  rows_count: number;
  revision: number;
  updated_at: string;
  /** In lists. */
  flows_count?: number;
  /** Of one table. */
  used_by?: TableUser[];
}
export interface LookupRow {
  key: string;
  value: string;
}
export interface TableUser {
  flow: { id: string; name: string };
  version: number | null;
  environments: Environment[];
  steps: { id: string; title: string; target: string }[];
}
export interface TableChange {
  id: string;
  revision: number;
  how: string;
  at: string;
  by: string;
  added: number;
  changed: number;
  removed: number;
  rows?: { key: string; before: string | null; after: string | null }[];
}

export interface Template {
  name: string;
  title: string;
  summary: string;
  purpose: string;
  description: string;
  needs: { alias: string; connector: string }[];
  tables: string[];
  document: FlowDocument;
}
export interface TemplateDetail extends Template {
  explanation: string[];
  table_rows: {
    name: string;
    title: string;
    description?: string;
    key_title: string;
    value_title: string;
    rows: LookupRow[];
  }[];
}

export interface NodeKind {
  kind: string;
  title: string;
  description: string;
  icon?: string;
  shape?: string;
  ports?: string[] | null;
  params_schema: JsonSchema;
}
export interface TransformSpec {
  fn: string;
  title: string;
  description: string;
  /** The shelf of the catalogue it is on. */
  group?: string;
  params_schema: JsonSchema;
  example?: unknown;
}
/** A function of expressions; `example` gives `gives`, as JSON text. */
export interface FunctionHelp {
  name: string;
  title: string;
  group: string;
  description: string;
  example: string;
  gives: string;
  usage: string;
  parameters: { name: string; optional: boolean }[];
}

export interface NodeKinds {
  items: NodeKind[];
  transforms: TransformSpec[];
  functions?: FunctionHelp[];
}

/** The shapes of the sandbox and of administration, as the server's contract states them. Holds no behaviour. */
import type { Json } from "./types";

export interface SandboxSystem {
  system: string;
  base_url: string;
  credentials: Record<string, string>;
  title?: string;
}
export interface FaultKind {
  fault: string;
  description: string;
}
export interface Scenario {
  name: string;
  title: string;
  description?: string;
  covers?: string[];
}
export interface SandboxFault {
  id?: string | number;
  system: string;
  fault: string;
  match?: Json;
  times: number | null;
}
export interface SandboxState {
  systems: SandboxSystem[];
  scenarios: Scenario[];
  faults?: SandboxFault[];
  fault_kinds?: FaultKind[];
  now?: string;
}
export interface Play {
  play?: string;
  scenario?: string;
  status: "running" | "finished";
  checks: { name: string; ok: boolean | null; detail?: string }[];
  run?: string | null;
  runs?: string[];
  started_at?: string;
  finished_at?: string | null;
}

export interface Member {
  id: string;
  email: string;
  name: string;
  role: string;
  created_at?: string;
}
export interface ApiToken {
  id: string;
  name: string;
  prefix: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
}
export interface AuditEntry {
  id: string;
  at: string;
  actor_label: string;
  action: string;
  target_type: string;
  target_id: string;
  detail: Json;
  ip: string | null;
}

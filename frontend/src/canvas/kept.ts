/** Edits that the server does not have yet, kept in this browser: a closed tab or a lost connection loses nothing. */
import type { FlowDocument } from "@/document/types";

export interface Kept {
  document: FlowDocument;
  /** What the server had when these edits began. */
  base: FlowDocument;
  at: string;
}

const nameOf = (tenant: string, flow: string) => `ipaas.draft.${tenant}.${flow}`;

export function keep(tenant: string, flow: string, kept: Kept): void {
  try {
    localStorage.setItem(nameOf(tenant, flow), JSON.stringify(kept));
  } catch {
    // A full or forbidden storage must not stop anybody from editing; the server is asked anyway.
  }
}

export function forget(tenant: string, flow: string): void {
  try {
    localStorage.removeItem(nameOf(tenant, flow));
  } catch {
    // As above.
  }
}

export function recall(tenant: string, flow: string): Kept | null {
  try {
    const text = localStorage.getItem(nameOf(tenant, flow));
    const kept = text ? (JSON.parse(text) as Kept) : null;
    return kept && Array.isArray(kept.document?.nodes) && Array.isArray(kept.base?.nodes) ? kept : null;
  } catch {
    return null;
  }
}

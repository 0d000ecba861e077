/** Keeps the draft on the server: saves shortly after the last edit, notices when somebody else saved, never drops. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { ApiProblem, api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useSessionEnd } from "@/app/session";
import { useTenant } from "@/app/tenant";
import { merge, sameDocument } from "@/document/merge";
import type { DocumentStore } from "@/document/store";
import type { FlowDocument, Problem } from "@/document/types";
import { forget, type Kept, keep, recall } from "./kept";

/** `gone`: the flow was deleted; `refused`: this person may no longer edit it. Neither loses what is on screen. */
export type DraftState =
  | "saved"
  | "unsaved"
  | "saving"
  | "conflict"
  | "offline"
  | "signed_out"
  | "gone"
  | "refused";
const PAUSE_MS = 700;
const RETRY_MS = 5000;

export interface Draft {
  state: DraftState;
  savedAt: string;
  problems: Problem[];
  /** Saves what is not saved yet; resolves when the server has it. */
  flush: () => Promise<void>;
  /** After a conflict: overwrite with what is on this screen. */
  keepMine: () => Promise<void>;
  /** After a conflict: show theirs; undo brings this screen's edits back. */
  takeTheirs: () => Promise<void>;
  /** After a conflict: both together, when they touch different steps. */
  merge: () => void;
  /** What the server has now and what it had when the edits here began; there only in a conflict. */
  conflict: { theirs: FlowDetail; base: FlowDocument } | null;
  /** Edits of an earlier visit that the server never got. */
  kept: Kept | null;
  putBack: () => void;
  dropKept: () => void;
}

function stateAfter(error: unknown): DraftState {
  if (!(error instanceof ApiProblem)) return "offline";
  if (error.code === "draft_conflict") return "conflict";
  if (error.status === 401) return "signed_out";
  if (error.status === 404) return "gone";
  return error.status === 403 ? "refused" : "offline";
}

/** States in which saving again by itself is of no use. */
const RESTING: ReadonlySet<DraftState> = new Set(["conflict", "gone", "refused", "signed_out"]);

export function useDraft(flow: FlowDetail, store: DocumentStore, editable: boolean): Draft {
  const path = useTenantPath();
  const refresh = useRefresh();
  const client = useQueryClient();
  const { slug } = useTenant();
  const revision = useStore(store, (state) => state.revision);
  const document = useStore(store, (state) => state.document);
  const [state, setState] = useState<DraftState>("saved");
  const [savedAt, setSavedAt] = useState(flow.updated_at);
  const [problems, setProblems] = useState<Problem[]>(flow.problems);
  const [conflict, setConflict] = useState<Draft["conflict"]>(null);
  const [kept, setKept] = useState<Kept | null>(() => leftBehind(slug, flow, document));
  const signedOut = useSessionEnd((session) => session.ended);
  const etag = useRef(flow.draft_etag);
  const savedDocument = useRef(document);
  const running = useRef<Promise<void> | null>(null);

  const saveOnce = useCallback(
    async (overwrite: boolean) => {
      const sent = store.getState().document;
      if (sent === savedDocument.current && !overwrite) return;
      setState("saving");
      try {
        const body = overwrite ? { document: sent } : { document: sent, draft_etag: etag.current };
        const answer = await api.patch<FlowDetail>(path(`flows/${flow.id}/`), body);
        etag.current = answer.draft_etag;
        savedDocument.current = sent;
        setSavedAt(answer.updated_at);
        if (store.getState().document === sent) setProblems(answer.problems ?? []);
        setState(store.getState().document === sent ? "saved" : "unsaved");
        setConflict(null);
        client.setQueryData([slug, `flows/${flow.id}/`], { ...answer, document: sent });
      } catch (error) {
        const after = stateAfter(error);
        if (after === "conflict") {
          const theirs = await api.get<FlowDetail>(path(`flows/${flow.id}/`)).catch(() => null);
          if (theirs) setConflict({ theirs, base: savedDocument.current });
        }
        setState(after);
        throw error;
      }
    },
    [store, path, flow.id, client, slug],
  );

  const save = useCallback(
    async (overwrite = false) => {
      while (running.current) await running.current.catch(() => {});
      running.current = saveOnce(overwrite).finally(() => {
        running.current = null;
      });
      await running.current;
    },
    [saveOnce],
  );

  useEffect(() => {
    if (!editable || document === savedDocument.current || RESTING.has(state)) return;
    setState((before) => (before === "saved" ? "unsaved" : before));
    const timer = setTimeout(() => void save().catch(() => {}), state === "offline" ? RETRY_MS : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [document, editable, save, state]);

  // Who signed in again, or whose network came back, is saved at once.
  useEffect(() => {
    if (!signedOut) setState((before) => (before === "signed_out" ? "unsaved" : before));
  }, [signedOut]);
  useEffect(() => {
    const back = () => void save().catch(() => {});
    if (state !== "offline") return;
    window.addEventListener("online", back);
    return () => window.removeEventListener("online", back);
  }, [state, save]);

  useEffect(() => {
    if (!editable) return;
    if (document === savedDocument.current) {
      if (state === "saved" && !kept) forget(slug, flow.id);
      return;
    }
    const timer = setTimeout(
      () => keep(slug, flow.id, { document, base: savedDocument.current, at: new Date().toISOString() }),
      250,
    );
    return () => clearTimeout(timer);
  }, [document, editable, state, slug, flow.id, kept]);

  useLiveCheck(flow.id, store, revision, setProblems);

  // biome-ignore lint/correctness/useExhaustiveDependencies: leaving the page happens once
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (editable && store.getState().document !== savedDocument.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      if (editable && store.getState().document !== savedDocument.current) void save().catch(() => {});
      void refresh("flows/?");
    };
  }, []);

  return {
    state,
    savedAt,
    problems,
    flush: () => save(),
    keepMine: () => save(true),
    takeTheirs: async () => {
      const theirs = await api.get<FlowDetail>(path(`flows/${flow.id}/`));
      accept(theirs);
      store.getState().run({ type: "replace_document", document: theirs.document }, "take theirs");
      setProblems(theirs.problems);
      setState("saved");
    },
    merge: () => {
      if (!conflict) return;
      const mine = store.getState().document;
      const merged = merge(conflict.base, mine, conflict.theirs.document).document;
      accept(conflict.theirs);
      store.getState().run({ type: "replace_document", document: merged }, "merge");
      setState("unsaved");
    },
    conflict,
    kept,
    putBack: () => {
      if (!kept) return;
      const now = store.getState().document;
      const merged = merge(kept.base, kept.document, now);
      const document = merged.clashes.length > 0 ? kept.document : merged.document;
      store.getState().run({ type: "replace_document", document }, "put edits back");
      setKept(null);
    },
    dropKept: () => {
      forget(slug, flow.id);
      setKept(null);
    },
  };

  function accept(theirs: FlowDetail) {
    etag.current = theirs.draft_etag;
    savedDocument.current = theirs.document;
    setSavedAt(theirs.updated_at);
    setConflict(null);
  }
}

/** What this browser kept of an earlier visit, when it is more than what the server has. */
function leftBehind(tenant: string, flow: FlowDetail, document: FlowDocument): Kept | null {
  const kept = recall(tenant, flow.id);
  if (!kept) return null;
  if (!sameDocument(kept.document, document) && !sameDocument(kept.document, kept.base)) return kept;
  forget(tenant, flow.id);
  return null;
}

/** Problems of what is on screen, asked for while the person pauses. */
function useLiveCheck(
  flowId: string,
  store: DocumentStore,
  revision: number,
  show: (problems: Problem[]) => void,
): void {
  const path = useTenantPath();
  useEffect(() => {
    if (revision === 0) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const { document } = store.getState();
      void api
        .post<{ problems: Problem[] }>(
          path(`flows/${flowId}/check/`),
          { document },
          { signal: controller.signal },
        )
        .then(({ problems }) => show(problems))
        .catch(() => {});
    }, 350);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [flowId, store, revision, show, path]);
}

/** Keeps the draft on the server: saves shortly after the last edit, notices when somebody else saved, never drops. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { ApiProblem, api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import type { DocumentStore } from "@/document/store";
import type { Problem } from "@/document/types";

export type DraftState = "saved" | "unsaved" | "saving" | "conflict" | "offline";
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
  /** After a conflict: throw this screen's edits away. */
  takeTheirs: () => Promise<void>;
}

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
        client.setQueryData([slug, `flows/${flow.id}/`], { ...answer, document: sent });
      } catch (error) {
        const isConflict = error instanceof ApiProblem && error.code === "draft_conflict";
        setState(isConflict ? "conflict" : "offline");
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
    if (!editable || document === savedDocument.current || state === "conflict") return;
    setState((before) => (before === "saved" ? "unsaved" : before));
    const timer = setTimeout(() => void save().catch(() => {}), state === "offline" ? RETRY_MS : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [document, editable, save, state]);

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
      etag.current = theirs.draft_etag;
      savedDocument.current = theirs.document;
      store.getState().load(theirs.document);
      setProblems(theirs.problems);
      setState("saved");
    },
  };
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

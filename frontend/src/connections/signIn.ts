/** Signing in at an outside system in a window of its own, and hearing from that window how it went. */
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { useTenantPath } from "@/api/queries";
import type { Connection } from "@/api/types";

const CHANNEL = "ipaas-sign-in";
const LOOK_MS = 400;
const PATIENCE_MS = 1500;

export interface Landing {
  outcome: string;
  connection: string;
  detail: string;
}

export type SignInStage =
  | { stage: "idle" }
  | { stage: "waiting" }
  | { stage: "blocked"; url: string }
  | { stage: "closed" }
  | { stage: "refused"; message: string; unknown: boolean }
  | { stage: "done" };

/** Told by the window on its way back. */
export function announce(landing: Landing): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(landing);
  channel.close();
}

/** Has to be called while the click is handled, or browsers take the window for an advertisement. */
export function openWindow(): Window | null {
  return window.open("about:blank", CHANNEL, "popup,width=560,height=720");
}

export function useSignIn(connection: string | null, onDone: () => void) {
  const path = useTenantPath();
  const [state, setState] = useState<SignInStage>({ stage: "idle" });
  const popup = useRef<Window | null>(null);
  const finished = useRef(onDone);
  finished.current = onDone;
  const heard = useCallback((landing: Landing) => {
    popup.current = null;
    if (landing.outcome !== "done") {
      const unknown = landing.outcome === "unknown_sign_in";
      return setState({ stage: "refused", message: landing.detail, unknown });
    }
    setState({ stage: "done" });
    finished.current();
  }, []);

  useEffect(() => {
    if (connection === null || typeof BroadcastChannel === "undefined") return;
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event: MessageEvent<Landing>) => {
      if (event.data.connection === connection || event.data.connection === "") heard(event.data);
    };
    return () => channel.close();
  }, [connection, heard]);

  useEffect(() => {
    if (state.stage !== "waiting" || connection === null) return;
    let goneAt = 0;
    const timer = setInterval(() => {
      if (!popup.current?.closed) return;
      if (goneAt === 0) goneAt = Date.now();
      if (Date.now() - goneAt < PATIENCE_MS) return;
      clearInterval(timer);
      // The window's last word may have been lost with it; the server knows.
      void api
        .get<Connection>(path(`connections/${connection}/`))
        .then((now) =>
          now.status === "ok"
            ? heard({ outcome: "done", connection, detail: "" })
            : setState({ stage: "closed" }),
        )
        .catch(() => setState({ stage: "closed" }));
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [state.stage, connection, path, heard]);

  async function begin(id: string, opened: Window | null): Promise<void> {
    try {
      const { authorize_url: url } = await api.post<{ authorize_url: string }>(
        path(`connections/${id}/oauth/start/`),
      );
      popup.current = opened;
      if (opened) opened.location.href = url;
      setState(opened ? { stage: "waiting" } : { stage: "blocked", url });
    } catch (error) {
      opened?.close();
      setState({ stage: "idle" });
      throw error;
    }
  }
  return { state, begin, wait: () => setState({ stage: "waiting" }) };
}

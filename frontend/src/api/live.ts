/** One WebSocket per tenant: tells watchers about changed runs and new facts; says when it is down so they can poll. */
import { useEffect, useRef, useState } from "react";
import type { FactRow, Run } from "./types";

export type LiveMessage = { type: "facts"; run: string; items: FactRow[] } | { type: "run"; run: Run };

type Watch = { watch: "run"; id: string; after: number } | { watch: "runs" };
type Listener = (message: LiveMessage) => void;

export class LiveSocket {
  private socket: WebSocket | null = null;
  private readonly watches = new Map<Listener, () => Watch>();
  private readonly onState = new Set<(up: boolean) => void>();
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  up = false;

  constructor(
    private readonly url: string,
    private readonly open: (url: string) => WebSocket = (address) => new WebSocket(address),
  ) {}

  watch(listener: Listener, what: () => Watch): () => void {
    this.watches.set(listener, what);
    if (this.up) this.send(what());
    else this.connect();
    return () => {
      this.watches.delete(listener);
      if (this.watches.size === 0) this.close();
    };
  }

  whenStateChanges(listener: (up: boolean) => void): () => void {
    this.onState.add(listener);
    return () => this.onState.delete(listener);
  }

  private connect(): void {
    if (this.socket || this.timer) return;
    const socket = this.open(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.tries = 0;
      this.setUp(true);
      for (const what of this.watches.values()) this.send(what());
    };
    socket.onmessage = (event) => {
      const message = JSON.parse(String(event.data)) as LiveMessage;
      for (const listener of [...this.watches.keys()]) listener(message);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.setUp(false);
      if (this.watches.size === 0) return;
      this.tries += 1;
      this.timer = setTimeout(
        () => {
          this.timer = undefined;
          if (this.watches.size > 0) this.connect();
        },
        Math.min(15_000, 500 * 2 ** this.tries),
      );
    };
  }

  private close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = this.socket;
    this.socket = null;
    this.setUp(false);
    socket?.close();
  }

  private send(what: Watch): void {
    this.socket?.send(JSON.stringify(what));
  }

  private setUp(up: boolean): void {
    if (this.up === up) return;
    this.up = up;
    for (const tell of this.onState) tell(up);
  }
}

const sockets = new Map<string, LiveSocket>();

export function socketOf(tenant: string): LiveSocket {
  const known = sockets.get(tenant);
  if (known) return known;
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const made = new LiveSocket(
    `${scheme}://${window.location.host}/ws/live/?tenant=${encodeURIComponent(tenant)}`,
  );
  sockets.set(tenant, made);
  return made;
}

/** Listen while mounted. Answers whether the socket is up; when it is not, the caller polls. */
export function useLive(
  tenant: string,
  what: () => Watch,
  listener: Listener,
  key: string,
  enabled = true,
): boolean {
  const [up, setUp] = useState(false);
  const latest = useRef({ what, listener });
  latest.current = { what, listener };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is watched
  useEffect(() => {
    if (!enabled || typeof WebSocket === "undefined") return;
    const socket = socketOf(tenant);
    setUp(socket.up);
    const forget = socket.whenStateChanges(setUp);
    const stop = socket.watch(
      (message) => latest.current.listener(message),
      () => latest.current.what(),
    );
    return () => {
      forget();
      stop();
    };
  }, [tenant, key, enabled]);
  return up;
}

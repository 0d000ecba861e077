import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type LiveMessage, LiveSocket } from "./live";

class FakeSocket {
  sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
  }
}

function prepared() {
  const made: FakeSocket[] = [];
  const socket = new LiveSocket("ws://test", () => {
    const fake = new FakeSocket();
    made.push(fake);
    return fake as unknown as WebSocket;
  });
  return { socket, made };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the live socket", () => {
  test("says what is watched once it is open", () => {
    const { socket, made } = prepared();
    socket.watch(
      () => {},
      () => ({ watch: "run", id: "run_1", after: 4 }),
    );
    made[0]?.onopen?.();
    expect(made[0]?.sent).toEqual([JSON.stringify({ watch: "run", id: "run_1", after: 4 })]);
    expect(socket.up).toBe(true);
  });

  test("hands messages to every watcher", () => {
    const { socket, made } = prepared();
    const heard: LiveMessage[] = [];
    socket.watch(
      (message) => heard.push(message),
      () => ({ watch: "runs" }),
    );
    made[0]?.onopen?.();
    made[0]?.onmessage?.({ data: JSON.stringify({ type: "facts", run: "run_1", items: [] }) });
    expect(heard).toEqual([{ type: "facts", run: "run_1", items: [] }]);
  });

  test("opens anew after it was lost and asks on from where the watcher is", () => {
    const { socket, made } = prepared();
    let after = 1;
    socket.watch(
      () => {},
      () => ({ watch: "run", id: "run_1", after }),
    );
    made[0]?.onopen?.();
    after = 9;
    made[0]?.onclose?.();
    expect(socket.up).toBe(false);
    vi.advanceTimersByTime(2000);
    made[1]?.onopen?.();
    expect(made[1]?.sent).toEqual([JSON.stringify({ watch: "run", id: "run_1", after: 9 })]);
  });

  test("closes when nobody watches any more", () => {
    const { socket, made } = prepared();
    const stop = socket.watch(
      () => {},
      () => ({ watch: "runs" }),
    );
    made[0]?.onopen?.();
    stop();
    expect(made[0]?.closed).toBe(true);
    expect(socket.up).toBe(false);
  });
});

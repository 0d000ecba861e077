/** Renders the whole app at an address, answered by the story server instead of the network. */
import { QueryClient } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import axe from "axe-core";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, vi } from "vitest";
import { createRoutes, Providers } from "@/app/App";
import { useSessionEnd } from "@/app/session";
import { createStoryServer } from "../dev/answer.mjs";

export function openApp(
  address: string,
  prepare: (server: ReturnType<typeof createStoryServer>) => void = () => {},
) {
  const server = createStoryServer();
  prepare(server);
  const asked: { method: string; path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const method = init.method ?? "GET";
    const body = typeof init.body === "string" && init.body ? JSON.parse(init.body) : undefined;
    asked.push({ method, path, body });
    const answer = server.answer(method, path, body) as { status: number; body?: unknown; type?: string };
    const text =
      answer.body === undefined ? null : answer.type ? String(answer.body) : JSON.stringify(answer.body);
    return new Response(text, { status: answer.status });
  });
  vi.stubGlobal("WebSocket", undefined);
  localStorage.clear();
  useSessionEnd.setState({ ended: false });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter(createRoutes(), { initialEntries: [address] });
  const view = render(
    <Providers client={client} still>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...view, server, router, asked };
}

/** No violation that axe finds without a real screen; contrast is judged on real pixels elsewhere. */
export async function expectAccessible(container: Element = document.body): Promise<void> {
  const { violations } = await axe.run(container, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  const said = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ html }) => html).join(" | ")}`,
  );
  expect(said).toEqual([]);
}

import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { openApp } from "./render";

const PATH = "/t/demo/flows/flow_o2c";
const LONG = { timeout: 15_000 };

async function opened() {
  const app = openApp(PATH);
  await screen.findByTestId("node-create", undefined, LONG);
  return { ...app, user: userEvent.setup() };
}
const drafts = (asked: { method: string; body: unknown }[]) =>
  asked
    .filter(({ method }) => method === "PATCH")
    .map(({ body }) => body as { document: Doc; draft_etag: string });
interface Doc {
  nodes: { id: string; kind: string; title?: string; params: Record<string, unknown> }[];
  edges: { from: string; to: string; port?: string }[];
}

describe("the editor", () => {
  test("adds a step after the chosen one and saves the draft by itself", async () => {
    const { user, asked } = await opened();
    fireEvent.click(screen.getByTestId("node-back"));
    await user.click(await screen.findByTestId("palette-kind:respond"));
    expect(await screen.findByTestId("node-respond")).toBeInTheDocument();
    await waitFor(() => expect(drafts(asked)).toHaveLength(1), LONG);
    expect(drafts(asked)[0]?.draft_etag).toBe("e1");
    expect(drafts(asked)[0]?.document.edges.at(-1)).toEqual({ from: "back", to: "respond" });
    await waitFor(
      () => expect(screen.getByTestId("draft-state")).toHaveAttribute("data-state", "saved"),
      LONG,
    );
  });

  test("takes a removal back with undo", async () => {
    const { user } = await opened();
    fireEvent.click(screen.getByTestId("node-receipt"));
    await user.click(await screen.findByRole("button", { name: "Remove this step" }));
    await waitFor(() => expect(screen.queryByTestId("node-receipt")).not.toBeInTheDocument());
    fireEvent.keyDown(window, { key: "z", ctrlKey: true });
    expect(await screen.findByTestId("node-receipt")).toBeInTheDocument();
  });

  test("names a step anew in its form and on its card", async () => {
    const { user } = await opened();
    fireEvent.click(screen.getByTestId("node-receipt"));
    const title = await screen.findByRole("textbox", { name: "Title of the step" });
    await user.clear(title);
    await user.type(title, "Book the money");
    expect(within(screen.getByTestId("node-receipt")).getByText("Book the money")).toBeInTheDocument();
  });

  test("connects steps without a mouse", async () => {
    const { user, asked } = await opened();
    fireEvent.click(screen.getByTestId("node-customer"));
    await user.click(await screen.findByRole("tab", { name: "Before and after" }));
    await user.click(screen.getByRole("combobox", { name: "When it fails: connect to" }));
    await user.click(await screen.findByRole("option", { name: "Refunds go elsewhere" }));
    await waitFor(() => expect(drafts(asked)).toHaveLength(1), LONG);
    expect(drafts(asked)[0]?.document.edges).toContainEqual({
      from: "customer",
      to: "refund",
      port: "error",
    });
  });

  test("shows problems while editing and leads to the field", async () => {
    const { user } = await opened();
    await user.click(screen.getByTestId("palette-kind:lookup"));
    await user.click(await screen.findByTestId("problems"));
    const panel = await screen.findByTestId("problems-panel");
    const line = await within(panel).findByText(/Nothing leads to/, undefined, LONG);
    await user.click(line);
    expect(screen.getByRole("textbox", { name: "Title of the step" })).toHaveValue("Look up");
  });

  test("asks what to keep when somebody else saved meanwhile", async () => {
    const { user, server, asked } = await opened();
    const flow = server.story.flows.find(({ id }) => id === "flow_o2c");
    if (flow) flow.draft_etag = "theirs";
    await user.click(screen.getByTestId("palette-kind:fail"));
    await user.click(await screen.findByRole("button", { name: "Keep mine" }, LONG));
    await waitFor(
      () => expect(screen.getByTestId("draft-state")).toHaveAttribute("data-state", "saved"),
      LONG,
    );
    expect(drafts(asked).at(-1)?.draft_etag).toBeUndefined();
  });

  test("publishes a version and deploys it with a connection for every system", async () => {
    const { user, asked } = await opened();
    await user.click(screen.getByTestId("publish"));
    await user.type(await screen.findByTestId("publish-message"), "Receipts carry the order");
    await user.click(screen.getByTestId("publish-confirm"));
    await user.click(await screen.findByTestId("deploy-published"));
    await waitFor(() => expect(screen.getByTestId("deploy-confirm")).toBeEnabled(), LONG);
    await user.click(screen.getByTestId("deploy-confirm"));
    expect(await screen.findByTestId("webhook-url")).toHaveTextContent("/hooks/");
    const request = asked.find(({ method, path }) => method === "POST" && path.endsWith("/deployments/"));
    expect(request?.body).toEqual({
      environment: "sandbox",
      version: 8,
      connections: { stripe: "con_stripe", epicor: "con_epicor" },
    });
  });
});

/** The drawer of a test: simulated systems are tested at once, real ones only after a person's word. */
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { expectAccessible, openApp } from "../../tests/render";

interface Connected {
  id: string;
  simulated: boolean;
}
const ADDRESS = "/t/demo/flows/flow_o2c";

function withRealEpicor({ story }: { story: Record<string, unknown[]> }) {
  for (const connection of story.connections as Connected[])
    connection.simulated = connection.id !== "con_epicor";
}

const trials = (asked: { path: string; body: unknown }[]) =>
  asked.filter(({ path }) => path.endsWith("/test-step/")).map(({ body }) => body as Record<string, unknown>);

async function tested(prepare?: Parameters<typeof openApp>[1]) {
  const app = openApp(ADDRESS, prepare);
  await screen.findByTestId("node-create");
  await userEvent.click(screen.getByTestId("test-flow"));
  return app;
}

test("a flow of simulated systems is tested at once, and its steps are told", async () => {
  const { asked } = await tested();

  const status = await screen.findByTestId("trial-status");
  await waitFor(() => expect(status).toHaveAttribute("data-status", "succeeded"));
  expect(screen.getByTestId("trial-step-customer")).toHaveAttribute("data-status", "succeeded");
  expect(trials(asked).map(({ mode }) => mode)).toEqual(["whole"]);
  await expectAccessible(screen.getByTestId("trial-drawer"));
});

test("nothing is sent to a real system before a person was told what is made where", async () => {
  const { asked } = await tested(withRealEpicor);

  const question = await screen.findByTestId("before-writing");
  expect(question).toHaveTextContent("in “Epicor sandbox”, a real Epicor Kinetic");
  expect(screen.getByTestId("send-not")).toHaveFocus();
  expect(trials(asked)).toEqual([]);
  await expectAccessible(screen.getByTestId("trial-drawer"));

  await userEvent.click(screen.getByTestId("send-it"));
  await screen.findByTestId("trial-status");
  expect(trials(asked).map(({ connections }) => connections)).toEqual([
    { stripe: "con_stripe", epicor: "con_epicor" },
  ]);
});

test("a test that is not wanted is not sent, and the next one is asked about again", async () => {
  const { asked } = await tested(withRealEpicor);
  await userEvent.click(await screen.findByTestId("send-not"));
  expect(screen.queryByTestId("before-writing")).toBeNull();

  await userEvent.click(screen.getByTestId("test-flow"));

  expect(await screen.findByTestId("before-writing")).toBeVisible();
  expect(trials(asked)).toEqual([]);
});

/** The drawer of a flow's tests: what an empty one says, and how a saved test comes out. */
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { expectAccessible, openApp } from "../../tests/render";

const ADDRESS = "/t/demo/flows/flow_o2c";
const FLOW = "/api/v1/tenants/demo/flows/flow_o2c/";

async function opened(prepare?: Parameters<typeof openApp>[1]) {
  const app = openApp(ADDRESS, prepare);
  await screen.findByTestId("node-create");
  await userEvent.click(screen.getByTestId("test-menu"));
  await userEvent.click(await screen.findByTestId("open-tests"));
  return { ...app, drawer: await screen.findByTestId("tests-drawer") };
}

test("a flow without tests says what a test is and how one is made", async () => {
  const { drawer } = await opened();

  expect(await screen.findByText("Keep what works")).toBeVisible();
  expect(screen.queryByTestId("run-tests")).toBeNull();
  await expectAccessible(drawer);
});

test("a saved test that still comes out the same is as expected", async () => {
  const { drawer } = await opened(({ answer }) =>
    answer("POST", `${FLOW}tests/`, { name: "A customer buys", run: "run_1" }),
  );

  await userEvent.click(await screen.findByTestId("run-tests"));

  await waitFor(() => expect(screen.getByTestId("tests-summary")).toHaveTextContent("1 of 1 as expected"));
  await expectAccessible(drawer);
});

test("a draft that does something else is told value by value", async () => {
  const { drawer } = await opened(({ answer, story }) => {
    answer("POST", `${FLOW}tests/`, { name: "A customer buys", run: "run_1" });
    const document = story.flows[0]?.document as { nodes: { id: string; title?: string }[] };
    document.nodes = document.nodes.map((node) => ({ ...node, title: `${node.title} now` }));
  });

  await userEvent.click(await screen.findByTestId("run-tests"));

  await waitFor(() =>
    expect(screen.getByTestId("tests-summary")).toHaveTextContent("1 of 1 not as expected"),
  );
  expect(drawer).toHaveTextContent("1 value differs in 1 step");
  expect(await screen.findByTestId("differences")).toHaveTextContent("Lena Brandt");
  await expectAccessible(drawer);
});

import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { expectAccessible, openApp } from "./render";

const LONG = { timeout: 15_000 };

async function opened() {
  const app = openApp("/t/demo/flows/flow_o2c");
  fireEvent.doubleClick(await screen.findByTestId("node-order", undefined, LONG));
  await screen.findByTestId("mapper", undefined, LONG);
  return { ...app, user: userEvent.setup() };
}
interface Asked {
  method: string;
  body: unknown;
}
type Rules = { target: string; source?: string; transforms?: unknown[] }[];
/** The rules of the order step as the last saved draft has them. */
function saved(asked: Asked[]): Rules {
  const last = asked.filter(({ method }) => method === "PATCH").at(-1)?.body as
    | { document: { nodes: { id: string; params: { rules: Rules } }[] } }
    | undefined;
  return last?.document.nodes.find(({ id }) => id === "order")?.params.rules ?? [];
}

describe("the mapper", () => {
  test("says in words what fills each field, and can be used with a screen reader", async () => {
    await opened();
    const row = await screen.findByRole("row", { name: /Order amount/ });
    expect(row).toHaveTextContent(
      "from Charge succeeded › … › object › Amount in minor units, cents to decimal",
    );
    expect(screen.getByRole("row", { name: /Company/ })).toHaveTextContent("fixed EPIC06");
    await expectAccessible();
  });

  test("fills a field with the keyboard and takes it back with undo", async () => {
    const { user, asked } = await opened();
    await user.type(screen.getByLabelText("Search what earlier steps give"), "description");
    const sources = screen.getByRole("tree", { name: "Values of earlier steps" });
    fireEvent.focus(sources);
    fireEvent.keyDown(sources, { key: "End" });
    fireEvent.keyDown(sources, { key: "Enter" });
    expect(screen.getByTestId("mapper-said")).toHaveTextContent("Description is taken");

    const targets = screen.getByRole("treegrid");
    fireEvent.keyDown(targets, { key: "Home" });
    fireEvent.keyDown(targets, { key: "Enter" });
    await user.click(await screen.findByTestId("drop-replace"));
    await waitFor(
      () =>
        expect(saved(asked)[0]).toEqual({
          target: "Company",
          source: "trigger.body.data.object.description",
        }),
      LONG,
    );

    fireEvent.keyDown(targets, { key: "z", ctrlKey: true });
    await waitFor(() => expect(saved(asked)[0]).toEqual({ target: "Company", value: "EPIC06" }), LONG);
  });

  test("empties a required field with Delete, counts it, and leads back to it", async () => {
    const { user } = await opened();
    fireEvent.click(screen.getByText("Company"));
    fireEvent.keyDown(screen.getByRole("treegrid"), { key: "Delete" });
    expect(await screen.findByTestId("required-missing")).toHaveAttribute("data-count", "1");
    await user.click(screen.getByLabelText("Close the field"));

    fireEvent.keyDown(screen.getByRole("treegrid"), { key: "n" });

    const editor = await screen.findByTestId("target-editor");
    expect(within(editor).getByRole("heading", { name: "Company" })).toBeInTheDocument();
    expect(editor).toHaveTextContent("It is required and nothing fills it yet.");

    fireEvent.keyDown(screen.getByRole("treegrid"), { key: "Escape" });
    await waitFor(() => expect(screen.queryByTestId("target-editor")).not.toBeInTheDocument());
    fireEvent.keyDown(screen.getByRole("treegrid"), { key: "Escape" });
    await waitFor(() => expect(screen.queryByTestId("mapper")).not.toBeInTheDocument());
  });

  test("takes a transform out of the catalogue, found by a word", async () => {
    const { user, asked } = await opened();
    fireEvent.click(screen.getByText("PO number"));
    await user.click(await screen.findByTestId("add-transform"));
    await user.type(await screen.findByLabelText("Search transforms"), "letters large");
    await user.click(screen.getByTestId("catalogue-upper"));
    await waitFor(
      () =>
        expect(saved(asked).find(({ target }) => target === "PONum")?.transforms).toEqual([{ fn: "upper" }]),
      LONG,
    );
  });
});

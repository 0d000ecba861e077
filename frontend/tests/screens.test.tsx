import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { expectAccessible, openApp } from "./render";

const SCREENS: [string, string, RegExp][] = [
  ["flows", "/t/demo/flows", /Order to cash/],
  ["runs", "/t/demo/runs", /Uncertain/],
  ["a run that failed", "/t/demo/runs/run_01jd2k7q000000000000000016", /The run failed/],
  ["connections", "/t/demo/connections", /Epicor sandbox/],
  ["tables", "/t/demo/tables", /Stripe product to Epicor part/],
  ["a table", "/t/demo/tables/stripe_product_to_part", /Export CSV/],
  ["sandbox", "/t/demo/sandbox", /A customer pays in the shop/],
  ["members", "/t/demo/admin", /analyst@demo\.test/],
  ["audit trail", "/t/demo/admin/audit", /flow deployed/],
  ["editor", "/t/demo/flows/flow_o2c", /Create the sales order/],
];

describe("every screen", () => {
  test.each(SCREENS)(
    "%s shows its data and can be used with a screen reader",
    async (_name, address, text) => {
      openApp(address);
      expect((await screen.findAllByText(text, undefined, { timeout: 15_000 })).length).toBeGreaterThan(0);
      await expectAccessible();
    },
  );

  test("shows what failed, why, and a way to try again", async () => {
    openApp("/t/demo/tables/missing");
    const alert = await screen.findByTestId("error-state", undefined, { timeout: 15_000 });
    expect(within(alert).getByText("Not found")).toBeInTheDocument();
    expect(within(alert).getByRole("button", { name: "Try again" })).toBeInTheDocument();
  });

  test("without data says what to do next", async () => {
    openApp("/t/demo/flows", (server) => {
      server.story.flows = [];
    });
    expect(await screen.findByText("Draw your first flow")).toBeInTheDocument();
    expect(await screen.findByTestId("install-stripe_order_to_cash")).toBeInTheDocument();
    await expectAccessible();
  });
});

describe("signing in", () => {
  test("with a wrong password says so and keeps the e-mail", async () => {
    const user = userEvent.setup();
    openApp("/", (server) => server.signOut());
    await user.type(await screen.findByTestId("sign-in-email"), "analyst@demo.test");
    await user.type(screen.getByTestId("sign-in-password"), "wrong");
    await user.click(screen.getByTestId("sign-in-submit"));
    expect(await screen.findByTestId("sign-in-error")).toHaveTextContent(
      "The e-mail or the password is wrong.",
    );
    expect(screen.getByTestId("sign-in-email")).toHaveValue("analyst@demo.test");
    await expectAccessible();
  });

  test("opens the flows", async () => {
    const user = userEvent.setup();
    openApp("/", (server) => server.signOut());
    await user.click(await screen.findByRole("button", { name: "Use admin@demo.test" }));
    await user.type(screen.getByTestId("sign-in-password"), "demo-password");
    await user.click(screen.getByTestId("sign-in-submit"));
    expect(await screen.findByText("Order to cash")).toBeInTheDocument();
  });

  test("is asked for again over the page when the session has ended", async () => {
    const user = userEvent.setup();
    const { server, router } = openApp("/t/demo/flows");
    await screen.findByText("Order to cash");
    server.signOut();
    await router.navigate("/t/demo/tables");
    const dialog = await screen.findByRole("dialog", { name: "Your session has ended" });
    await user.type(within(dialog).getByTestId("sign-in-password"), "demo-password");
    await user.click(within(dialog).getByTestId("sign-in-submit"));
    expect(await screen.findByText("Stripe product to Epicor part")).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByText("Your session has ended")).not.toBeInTheDocument());
  });
});

describe("the runs", () => {
  test("are filtered by what the address says", async () => {
    openApp("/t/demo/runs?status=failed,uncertain");
    await waitFor(() => expect(screen.getAllByTestId(/^run-row-/)).toHaveLength(2));
  });

  test("of a person's search stay in the address", async () => {
    const user = userEvent.setup();
    const { router } = openApp("/t/demo/runs");
    await user.type(await screen.findByTestId("runs-search"), "ch_3QK7mQ");
    await waitFor(() => expect(router.state.location.search).toContain("q=ch_3QK7mQ"));
    await waitFor(() => expect(screen.getAllByTestId(/^run-row-/)).toHaveLength(1));
  });
});

describe("an uncertain run", () => {
  test("is resolved by what a person found", async () => {
    const user = userEvent.setup();
    const { asked } = openApp("/t/demo/runs/run_01jd2k7q000000000000000014");
    await user.click(await screen.findByTestId("resolve", undefined, { timeout: 15_000 }));
    await user.click(await screen.findByTestId("resolve-not-made"));
    await user.click(screen.getByTestId("resolve-confirm"));
    await waitFor(() => expect(asked.some(({ path }) => path.endsWith("/resolve/"))).toBe(true));
    const request = asked.find(({ path }) => path.endsWith("/resolve/"));
    expect(request?.body).toEqual({ effect: "eff_01jd2", made: false, note: "" });
    await waitFor(() => expect(screen.getByTestId("run-status")).toHaveTextContent("Succeeded"));
  });
});

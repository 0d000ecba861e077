/** Live values: all fields of a form in one request, the newest document, the older request dropped. */
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp } from "../../tests/render";

const previews = (asked: { path: string; body: unknown }[]) =>
  asked.filter(({ path }) => path.endsWith("/preview/")).map(({ body }) => body as Record<string, never>);

test("the fields of a step are evaluated together, once", async () => {
  const { asked } = openApp("/t/demo/flows/flow_o2c");
  fireEvent.click(await screen.findByTestId("node-customer"));

  await waitFor(() => expect(previews(asked).length).toBe(1));

  const [{ node, expressions, document }] = previews(asked) as unknown as [
    { node: string; expressions: { text: string; as: string }[]; document: { layout?: unknown } },
  ];
  expect(node).toBe("customer");
  expect(expressions.map(({ text, as }) => [text, as])).toEqual([
    ["{{ trigger.body.data.object.customer }}", "template"],
  ]);
  expect(document.layout).toBeUndefined();
});

test("the value of a field is shown under it", async () => {
  openApp("/t/demo/flows/flow_o2c");
  fireEvent.click(await screen.findByTestId("node-customer"));

  expect(await screen.findByText("cus_R3nQd1")).toBeVisible();
});

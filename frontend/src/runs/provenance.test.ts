/** Where values of real and of nested runs come from, and what was made of them. */
import { describe, expect, test } from "vitest";
import { foldAll } from "./fold";
import {
  exchangesOf,
  type Key,
  type Known,
  type Place,
  pathText,
  placeOfText,
  placeText,
  readBody,
  valueAt,
} from "./places";
import { type Link, reasonsOf, traceBack } from "./provenance";
import { type Reach, traceForward } from "./reached";
import { histories, knownOf, recorded } from "./recorded";
import { alike, originOf } from "./sent";

const cash = knownOf(recorded("order-to-cash"));
const lines = knownOf(recorded("lines-and-serials"));

const input = (step: string, ...path: Key[]): Place => ({ side: "input", step, path });
const output = (step: string, ...path: Key[]): Place => ({ side: "output", step, path });
const event = (...path: Key[]): Place => ({ side: "event", step: "paid", path: ["body", ...path] });
const body = (...path: Key[]): Place => ({ side: "event", step: "start", path: ["body", ...path] });

/** A chain as text: each place with how it was made, along the first source of each. */
function chain(link: Link): string[] {
  const own = `${link.place.side} ${link.place.step} ${pathText(link.place.path)} (${link.how.way})`;
  return [own, ...(link.from[0] ? chain(link.from[0]) : [])];
}

const sources = (known: Known, place: Place) =>
  traceBack(known, place).from.map(({ place: from, role }) => `${role} ${from.side} ${pathText(from.path)}`);

/** The request of a step that holds this text in its body, and the place of the field in it. */
function requestField(known: Known, step: string, method: string, ...path: Key[]): Place {
  const exchange = exchangesOf(known.state.steps.get(step)).findIndex((one) => one.url.includes(method));
  return { side: "request", step, path, exchange };
}

describe("backwards through a real run", () => {
  test("the purchase order number sent to Epicor is the charge of the Stripe event", () => {
    const place = requestField(cash, "create_order", "MasterUpdate", "ds", "OrderHed", 0, "PONum");
    expect(valueAt(cash, place)).toMatch(/^ch_/);
    expect(chain(traceBack(cash, place))).toEqual([
      "request create_order ds.OrderHed[0].PONum (sent)",
      "input create_order PONum (copy)",
      "output order PONum (source)",
      "output charge id (answer)",
      "input charge id (copy)",
      "event paid body.data.object.id (event)",
    ]);
  });

  test("a line's part is the looked-up product of the same line of the basket", () => {
    const place = input("create_order", "OrderDtls", 1, "PartNum");
    const link = traceBack(cash, place);
    expect(link.value).toBe("SEAL-415");
    expect(chain(link).slice(0, 3)).toEqual([
      "input create_order OrderDtls[1].PartNum (copy)",
      "output order OrderDtls[1].PartNum (source)",
      "output session line_items.data[1].price.product.id (answer)",
    ]);
    expect(link.from[0]?.how.rule?.transforms).toEqual([{ fn: "lookup", table: "stripe_product_to_part" }]);
    expect(link.from[0]?.from[0]?.value).toBe("prod_seal_kit");
  });

  test("an amount names the field that its transform reads as a parameter", () => {
    expect(sources(cash, output("order", "DocOrderAmt"))).toEqual([
      "value output amount_captured",
      "parameter output currency",
    ]);
  });

  test("an expression names everything it reads", () => {
    expect(sources(cash, output("buyer", "Name"))).toEqual([
      "read output name",
      "read output billing_details.name",
    ]);
  });

  test("a fixed value ends at its rule", () => {
    const link = traceBack(cash, output("order", "WebOrder"));
    expect([link.value, link.how.way, link.from]).toEqual([true, "value", []]);
    expect(link.how.pointer).toBe("/nodes/9/params/rules/4");
  });

  test("a whole input is built of its fields", () => {
    const link = traceBack(cash, input("create_order"));
    expect(link.from[0]?.how.way).toBe("built");
    expect(link.from[0]?.from.map(({ place }) => pathText(place.path))).toContain("PONum");
  });

  test("what another system answered names what it was asked with", () => {
    const link = traceBack(cash, output("customer", "name"));
    expect(link.how.way).toBe("answer");
    expect(link.from.map(({ place, role }) => [pathText(place.path), role])).toEqual([["id", "asked"]]);
  });

  test("form fields of a request lead to their input", () => {
    const place = requestField(cash, "write_back", "/v1/charges/", "metadata[epicor_order]");
    expect(valueAt(cash, place)).toBe("5001");
    expect(chain(traceBack(cash, place)).slice(1, 3)).toEqual([
      "input write_back metadata.epicor_order (template)",
      "output create_order OrderNum (answer)",
    ]);
  });

  test("the address of a request leads to the input it was made of", () => {
    const place: Place = { side: "request", step: "charge", path: ["the address"], exchange: 0 };
    expect(originOf(cash, place)).toEqual({ kind: "input", path: ["id"], exact: false });
  });

  test("a step says by which choices it was reached", () => {
    const reasons = reasonsOf(cash, "create_order").map(({ step, port }) => `${step}: ${port}`);
    expect(reasons).toEqual(["basket: order", "kind: payment", "known: customer"]);
  });
});

describe("backwards through for-eaches", () => {
  test("an item's field leads through the list to the event", () => {
    expect(chain(traceBack(lines, output("each[1].part")))).toEqual([
      "output each[1].part  (lookup)",
      "items each [1].sku (item)",
      "event start body.lines[1].sku (event)",
    ]);
  });

  test("an inner for-each reads the item around it", () => {
    expect(chain(traceBack(lines, output("each[0].inner[1].mark", "Sku")))).toEqual([
      "output each[0].inner[1].mark Sku (source)",
      "items each [0].sku (item)",
      "event start body.lines[0].sku (event)",
    ]);
    expect(chain(traceBack(lines, output("each[0].inner[1].mark", "Serial")))).toEqual([
      "output each[0].inner[1].mark Serial (source)",
      "items each[0].inner [1] (item)",
      "items each [0].serials[1] (item)",
      "event start body.lines[0].serials[1] (event)",
    ]);
  });

  test("a step inside reads a step outside", () => {
    expect(chain(traceBack(lines, output("each[1].line", "Ref"))).slice(0, 2)).toEqual([
      "output each[1].line Ref (source)",
      "output names Ref (expression)",
    ]);
  });

  test("the number of an item is an index", () => {
    expect(traceBack(lines, output("each[1].line", "No")).from[0]).toMatchObject({
      value: 1,
      how: { way: "index" },
    });
  });

  test("what is kept of each item leads to the item", () => {
    const kept = traceBack(lines, output("each[0].inner", "items", 1));
    expect(kept.from.map(({ place }) => `${place.side} ${place.step} ${pathText(place.path)}`)).toEqual([
      "items each[0].inner [1]",
      "items each [0].sku",
    ]);
  });

  test("a list of a rule goes item by item, and single values are repeated over it", () => {
    expect(sources(lines, output("names", "Lines", 1, "Sku"))).toEqual(["value event body.lines[1].sku"]);
    expect(sources(lines, output("names", "Lines", 1, "Order"))).toEqual(["value event body.id"]);
    expect(sources(lines, output("names", "Tags", 0))).toEqual(["value event body.tags[0].name"]);
  });

  test("several sources are all named", () => {
    expect(sources(lines, output("names", "Name"))).toEqual([
      "read event body.first",
      "read event body.last",
    ]);
  });

  test("a default says so", () => {
    expect(traceBack(lines, output("names", "Terms"))).toMatchObject({
      value: "N30",
      how: { way: "default" },
    });
  });

  test("a variable is one", () => {
    expect(chain(traceBack(lines, output("names", "Site")))[1]).toBe("variable  site (variable)");
  });

  test("of two rules for one field the one that applied is shown, with what its condition read", () => {
    const link = traceBack(lines, output("names", "Total"));
    expect(link.how.rule?.source).toBe("trigger.body.total");
    expect(link.from.map(({ role }) => role)).toEqual(["value", "tested"]);
  });

  test("a field inside a copied object keeps its way", () => {
    expect(sources(lines, output("names", "Whole", "city"))).toEqual(["value event body.address.city"]);
  });

  test("a text of several values names them all", () => {
    expect(sources(lines, input("write", "text"))).toEqual(["read output Name", "read variable site"]);
  });

  test("a request field under another name is found by its value", () => {
    const place: Place = { side: "request", step: "write", path: ["order", "number"], exchange: 0 };
    expect(chain(traceBack(lines, place))).toEqual([
      "request write order.number (sent)",
      "input write no (copy)",
      "event start body.id (event)",
    ]);
  });

  test("a request field of the connector's own is said to be so", () => {
    const place: Place = { side: "request", step: "write", path: ["order", "channel"], exchange: 0 };
    expect(traceBack(lines, place).how.way).toBe("connector");
  });

  test("inside a for-each the choices around it count", () => {
    expect(reasonsOf(lines, "each[1].line").map(({ step, port }) => `${step}: ${port}`)).toEqual([
      "kind: big",
    ]);
  });
});

describe("forwards from a field of the event", () => {
  const words = (reach: Reach) => reach.requests.map(({ place }) => `${place.step} ${pathText(place.path)}`);

  test("the charge of a Stripe event is found in every request that carries it", () => {
    const reach = traceForward(cash, event("data", "object", "id"));
    expect(words(reach)).toContain("create_order ds.OrderHed[0].PONum");
    expect(words(reach)).toContain("create_deposit ds.CashHead[0].CheckRef");
    expect(reach.requests.every(({ value }) => String(value).includes("ch_"))).toBe(true);
  });

  test("the kind of an event decides a way and is sent nowhere", () => {
    const reach = traceForward(cash, event("type"));
    expect(words(reach)).toEqual([]);
    expect(reach.decisions.map(({ step, port }) => `${step}: ${port}`)).toEqual(["kind: payment"]);
  });

  test("an order's number reaches requests, lists and the reply", () => {
    const reach = traceForward(lines, body("id"));
    expect(words(reach)).toContain("write order.number");
    expect(reach.replies.map(({ step }) => step)).toEqual(["tell"]);
  });

  test("a line's serial stays in its own item", () => {
    const reach = traceForward(lines, body("lines", 0, "serials", 1));
    const places = reach.places.map(({ place }) => `${place.side} ${place.step} ${pathText(place.path)}`);
    expect(places).toContain("output each[0].inner[1].mark Serial");
    expect(places.filter((place) => place.includes("each[1]"))).toEqual([]);
    expect(words(reach)).toContain("write order.lines[0].items[1].serial");
  });

  test("what is read by nothing reaches nothing", () => {
    const reach = traceForward(cash, event("livemode"));
    expect([reach.places, reach.decisions]).toEqual([[], []]);
  });
});

describe("forwards and backwards agree", () => {
  test("every request field that the event's charge reached leads back to it", () => {
    const start = event("data", "object", "id");
    for (const { place } of traceForward(cash, start).requests) {
      const ends = JSON.stringify(traceBack(cash, place));
      expect(ends).toContain(JSON.stringify(start.path));
    }
  });
});

describe("the engine's histories", () => {
  test.each(histories())("%s: every output can be asked for at every moment", (_name, history) => {
    const facts = history.facts;
    facts.forEach((_fact, at) => {
      const known: Known = { ...knownOf({ ...history, reads: [] }), state: foldAll(facts, at + 1) };
      for (const step of known.state.steps.keys()) {
        expect(traceBack(known, output(step)).value).toEqual(valueAt(known, output(step)));
        expect(traceForward(known, output(step)).requests).toEqual([]);
      }
    });
  });
});

describe("places", () => {
  test("survive the address of the page", () => {
    const place: Place = {
      side: "request",
      step: "each[2].order",
      path: ["a/b", 0, "#1", "~x", ""],
      exchange: 3,
    };
    expect(placeOfText(placeText(place))).toEqual(place);
    expect(placeOfText(placeText(output("order")))).toEqual(output("order"));
    expect(placeOfText("nonsense")).toBeNull();
  });

  test("bodies are read as fields whatever they are written in", () => {
    expect(readBody('{"a":1}')).toEqual({ a: 1 });
    expect(readBody("a%5Bb%5D=1&c=x+y")).toEqual({ "a[b]": "1", c: "x y" });
    expect(readBody("plain text, no fields")).toBe("plain text, no fields");
    expect(readBody("")).toBe("");
  });

  test("values are alike whatever their notation", () => {
    expect(alike(1299, "1299.00")).toBe(true);
    expect(alike("2026-11-25", "2026-11-25T00:00:00")).toBe(true);
    expect(alike("true", true)).toBe(true);
    expect(alike("1", true)).toBe(false);
    expect(alike("", 0)).toBe(false);
    expect(alike("12", "123")).toBe(false);
  });
});

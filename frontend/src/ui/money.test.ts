import { expect, test } from "vitest";
import { moneyText } from "./money";

test.each([
  [133690, "usd", true, "1,336.90 USD"],
  [500, "jpy", true, "500 JPY"],
  [12250, "kwd", true, "12.250 KWD"],
  ["889", "EUR", false, "889.00 EUR"],
  ["much", "EUR", false, "much EUR"],
])("%s %s is read as %s", (amount, currency, minor, text) => {
  expect(moneyText(amount, currency, minor)).toBe(text);
});

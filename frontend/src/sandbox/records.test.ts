import { describe, expect, test } from "vitest";
import { cellText, columnsOf } from "./records";

describe("records of simulated systems", () => {
  test("minor units are shown with their currency and its own decimals", () => {
    expect(cellText({ amount: 88900, currency: "usd" }, "amount").text).toBe("889.00 USD");
    expect(cellText({ amount: 889, currency: "jpy" }, "amount").text).toBe("889 JPY");
    expect(cellText({ amount: 88900, currency: "bhd" }, "amount").text).toBe("88.900 BHD");
  });

  test("an ERP's decimals stay decimals", () => {
    expect(cellText({ DocOrderAmt: 1336.9 }, "DocOrderAmt").text).toBe("1336.90");
  });

  test("the telling columns come first and empty ones not at all", () => {
    const rows = [{ livemode: false, zeta: 1, email: "a@b.c", id: "cus_1", phone: null, address: {} }];
    expect(columnsOf(rows)).toEqual(["id", "email", "zeta"]);
  });
});

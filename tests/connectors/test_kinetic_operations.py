"""The operations of the Kinetic connector over HTTP: what they answer, what they refuse and in whose words."""

from __future__ import annotations

import base64
import importlib
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from connectors.gateway.answers import Lost
from connectors.sdk.errors import ReconnectNeeded, Rejected, TryAgain
from connectors.sdk.simulator import SimRequest
from tests.connectors.kinetic_server import MANIFEST, PACKAGE, Kinetic, KineticHttp, running

LINES = [{"PartNum": "PUMP-100", "SellingQuantity": 2, "DocUnitPrice": "499.00"}]


@pytest.fixture
async def kinetic() -> AsyncIterator[Kinetic]:
    async with running() as made:
        yield made


def books(kinetic: Kinetic) -> dict[str, Any]:
    return {name: rows for name, rows in kinetic.server.store.collections().items() if name != "CashGrps"}


async def a_deposit(kinetic: Kinetic, amount: str = "100.00") -> dict[str, Any]:
    order = await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="ch_1", OrderDtls=LINES)
    await kinetic.call("ensure_cash_group", GroupID="S260821", BankAcctID="STRIPE")
    found: dict[str, Any] = await kinetic.call(
        "create_deposit", GroupID="S260821", OrderNum=order["OrderNum"], DocTranAmt=amount, CheckRef="ch_1"
    )
    return found


@pytest.mark.parametrize("name", sorted(MANIFEST.operations))
def test_every_sample_fits_its_schema(name: str) -> None:
    operation = MANIFEST.operations[name]

    assert operation.sample is not None
    jsonschema.Draft202012Validator(operation.input).validate(operation.sample.input)
    jsonschema.Draft202012Validator(operation.output).validate(operation.sample.output)


async def test_the_company_proves_the_connection(kinetic: Kinetic) -> None:
    company = await kinetic.call("get_company")

    assert company["Name"] == "Prairie Flow Controls Inc."
    assert company["CurrencyCode"] == "USD"


async def test_a_new_customer_gets_the_defaults_of_the_connection_and_the_country_of_its_code(kinetic: Kinetic) -> None:
    made = await kinetic.call(
        "find_or_create_customer", EMailAddress="new@buyers.example", Name="New Buyer", Country="de", ExternalID="cus_1"
    )

    assert made["created"] is True
    assert made["TermsCode"] == "CC"
    assert (made["Country"], made["CountryNum"]) == ("Germany", 4)
    assert made["CustID"].startswith("W")
    assert len(made["CustID"]) == 10


async def test_a_customer_is_found_by_the_e_mail_of_a_contact(kinetic: Kinetic) -> None:
    found = await kinetic.call("find_or_create_customer", EMailAddress="dana@acmepump.example", Name="Dana")
    without = await kinetic.call("find_customer", EMailAddress="dana@acmepump.example", ContactEMails=False)

    assert (found["created"], found["matched_by"], found["CustID"]) == (False, "ContactEMail", "ACMEPUMP")
    assert without["found"] is False


async def test_an_e_mail_of_two_customers_is_refused_with_both_named(kinetic: Kinetic) -> None:
    await kinetic.call("create_customer", CustID="TWIN", Name="Twin", EMailAddress="orders@nwfarms.example")

    with pytest.raises(Rejected) as refused:
        await kinetic.call("find_or_create_customer", EMailAddress="orders@nwfarms.example", Name="Who")

    assert refused.value.code == "customer_ambiguous"
    assert "NWFARMS, TWIN" in refused.value.message


async def test_a_quote_in_an_e_mail_is_data(kinetic: Kinetic) -> None:
    made = await kinetic.call("find_or_create_customer", EMailAddress="o'neil' or 1 eq 1@x.example", Name="O'Neil")
    again = await kinetic.call("find_or_create_customer", EMailAddress="o'neil' or 1 eq 1@x.example", Name="O'Neil")

    assert made["created"] is True
    assert (again["created"], again["CustNum"]) == (False, made["CustNum"])


async def test_a_customer_is_changed_only_where_asked(kinetic: Kinetic) -> None:
    changed = await kinetic.call(
        "update_customer", CustID="ACMEPUMP", PhoneNum="563-555-0199", StripeCustomerID_c="cus_9"
    )

    assert changed["PhoneNum"] == "563-555-0199"
    assert changed["StripeCustomerID_c"] == "cus_9"
    assert changed["Name"] == "Acme Pump & Supply"


async def test_an_unknown_customer_is_refused(kinetic: Kinetic) -> None:
    with pytest.raises(Rejected) as refused:
        await kinetic.call("create_sales_order", CustID="NOBODY", PONum="ch_1", OrderDtls=LINES)

    assert (refused.value.code, refused.value.field) == ("customer_unknown", "Customer.CustID")


async def test_an_order_keeps_the_prices_it_was_given(kinetic: Kinetic) -> None:
    order = await kinetic.call(
        "create_sales_order",
        CustID="WEB",
        PONum="ch_1",
        OrderDate="2026-08-21",
        DocOrderAmt="44.99",
        WebOrderID_c="W-1",
        OrderDtls=[
            {"PartNum": "HOSE-310", "SellingQuantity": "2.5", "DocUnitPrice": "6.12345"},
            {"PartNum": "filter-610", "OrderQty": 1, "DocUnitPrice": 19.99},
            {"PartNum": "BRACKET/10", "SellingQuantity": 1, "DocUnitPrice": 9.7, "DiscountPercent": 10},
        ],
    )

    assert [(line["PartNum"], line["DocUnitPrice"], line["DocExtPriceDtl"]) for line in order["OrderDtls"]] == [
        ("HOSE-310", 6.12345, 15.31),
        ("FILTER-610", 19.99, 19.99),
        ("BRACKET/10", 9.7, 9.7),
    ]
    assert order["DocOrderAmt"] == 44.03
    assert order["AmountDifference"] == -0.96
    assert order["OrderDate"] == "2026-08-21"
    assert order["WebOrderID_c"] == "W-1"


async def test_without_a_price_kinetic_takes_its_own_by_quantity(kinetic: Kinetic) -> None:
    order = await kinetic.call(
        "create_sales_order", CustID="WEB", PONum="p", OrderDtls=[{"PartNum": "FILTER-610", "SellingQuantity": 60}]
    )

    assert order["OrderDtls"][0]["DocUnitPrice"] == 17.5


@pytest.mark.parametrize("part", ["NO-SUCH-PART", "PUMP-090"])
async def test_an_unknown_or_inactive_part_is_refused_before_anything_is_written(kinetic: Kinetic, part: str) -> None:
    before = books(kinetic)

    with pytest.raises(Rejected) as refused:
        await kinetic.call(
            "create_sales_order", CustID="WEB", PONum="p", OrderDtls=[*LINES, {"PartNum": part, "SellingQuantity": 1}]
        )

    assert refused.value.field == "OrderDtl.PartNum"
    assert part in refused.value.message
    assert books(kinetic) == before


async def test_a_customer_on_credit_hold_is_refused_in_kinetics_words(kinetic: Kinetic) -> None:
    with pytest.raises(Rejected) as refused:
        await kinetic.call("create_sales_order", CustID="SLOWPAY", PONum="p", OrderDtls=LINES)

    assert "credit hold" in refused.value.message
    assert refused.value.field == "OrderHed.CustNum"


async def test_a_po_number_of_somebody_elses_order_is_refused_and_that_order_stays(kinetic: Kinetic) -> None:
    await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="4500", OrderDtls=LINES)
    before = books(kinetic)

    other = [{"PartNum": "SEAL-415", "SellingQuantity": 1}]

    with pytest.raises(Rejected) as refused:
        await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="4500", OrderDtls=other)

    assert refused.value.code == "po_number_used"
    assert books(kinetic) == before


async def test_the_same_order_again_is_the_same_order(kinetic: Kinetic) -> None:
    first = await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="4500", OrderDtls=LINES)
    again = await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="4500", OrderDtls=LINES)

    assert again["OrderNum"] == first["OrderNum"]
    assert len(kinetic.server.ledger("OrderDtls")) == 1


async def test_an_order_is_held_once_with_its_reason(kinetic: Kinetic) -> None:
    order = await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="p", OrderDtls=LINES, OrderComment="Web")

    for _ in range(2):
        held = await kinetic.call("hold_sales_order", OrderNum=order["OrderNum"], OrderComment="Disputed")
    found = await kinetic.call("find_sales_order", PONum="p")

    assert held["OrderHeld"] is True
    assert found["SalesOrder"]["OrderComment"] == "Web\nDisputed"


async def test_a_deposit_is_seen_on_the_order_and_credited_on_its_invoice(kinetic: Kinetic) -> None:
    deposit = await a_deposit(kinetic, "998.00")
    order = await kinetic.call("get_sales_order", OrderNum=deposit["OrderNum"])
    assert order["DocDepositBal"] == 998

    invoice = await _invoiced(kinetic, order["OrderNum"])

    assert (invoice["DocInvoiceAmt"], invoice["DocDepositCredit"], invoice["DocInvoiceBal"]) == (998, 998, 0)
    assert invoice["OpenInvoice"] is False
    assert (await kinetic.call("get_sales_order", OrderNum=order["OrderNum"]))["DocDepositBal"] == 0


async def _invoiced(kinetic: Kinetic, order: int) -> Any:
    pack = {"OrderNum": order, "ShipStatus": "SHIPPED"}
    lines = [{"OrderLine": 1, "OrderRelNum": 1, "OurInventoryShipQty": 2}]
    await _send(kinetic, "Erp.BO.CustShipSvc/CustShips", {**pack, "ShipDtls": lines})
    await _send(kinetic, "Erp.BO.InvcGrpSvc/InvcGrps", {"GroupID": "INV1"})
    made = {"service": "Erp.BO.ARInvoiceSvc", "method": "GetShipments", "parameters": {"groupID": "INV1"}}
    number = (await kinetic.call("call_method", **made))["returnObj"]["InvcHead"][0]["InvoiceNum"]
    posting = {"ds": {"ARInvoicePostParam": [{"GroupID": "INV1"}]}}
    await kinetic.call("call_method", service="Erp.PROC.ARInvoicePostSvc", method="RunDirect", parameters=posting)
    return await kinetic.call("get_invoice", InvoiceNum=number)


async def _send(kinetic: Kinetic, address: str, body: dict[str, Any]) -> None:
    http = KineticHttp(kinetic.server, kinetic.session, "call_method")
    await http.request("POST", f"/api/v2/odata/EPIC06/{address}", json=body)


async def test_a_payment_reference_of_another_amount_is_refused(kinetic: Kinetic) -> None:
    deposit = await a_deposit(kinetic)

    with pytest.raises(Rejected) as refused:
        await kinetic.call(
            "create_deposit", GroupID="S260821", OrderNum=deposit["OrderNum"], DocTranAmt=99, CheckRef="ch_1"
        )

    assert refused.value.code == "check_ref_used"
    assert len(kinetic.server.ledger("CashRecs")) == 1


async def test_a_group_is_posted_by_the_agent_a_little_later(kinetic: Kinetic) -> None:
    deposit = await a_deposit(kinetic)

    asked = await kinetic.call("post_cash_group", GroupID="S260821")
    meanwhile = await kinetic.call("post_cash_group", GroupID="S260821")
    kinetic.server.wait(10)
    after = await kinetic.call("post_cash_group", GroupID="S260821")

    assert (asked["submitted"], asked["waiting_receipts"]) == (True, [deposit["HeadNum"]])
    assert (meanwhile["submitted"], meanwhile["posting"]) == (False, True)
    assert (after["submitted"], after["posting"], after["posted_receipts"]) == (False, False, [deposit["HeadNum"]])


async def test_a_group_that_somebody_has_open_is_tried_again(kinetic: Kinetic) -> None:
    order = await kinetic.call("create_sales_order", CustID="ACMEPUMP", PONum="ch_1", OrderDtls=LINES)

    with pytest.raises(TryAgain) as locked:
        await kinetic.call(
            "create_deposit", GroupID="JSMITH1", OrderNum=order["OrderNum"], DocTranAmt=1, CheckRef="ch_1"
        )

    assert locked.value.code == "locked_by_another_user"
    assert "jsmith" in locked.value.message


async def test_a_group_of_another_bank_account_is_refused(kinetic: Kinetic) -> None:
    await kinetic.call("ensure_cash_group", GroupID="S1", BankAcctID="STRIPE")

    with pytest.raises(Rejected) as refused:
        await kinetic.call("ensure_cash_group", GroupID="S1", BankAcctID="MAIN")

    assert refused.value.code == "group_differs"


async def test_a_posted_deposit_is_reversed_and_the_order_owes_again(kinetic: Kinetic) -> None:
    deposit = await a_deposit(kinetic)
    await kinetic.call("post_cash_group", GroupID="S260821")
    kinetic.server.wait(10)

    back = await kinetic.call("reverse_cash_receipt", HeadNum=deposit["HeadNum"], ReverseDate="2026-08-25")

    assert (back["DocTranAmt"], back["ReverseRef"], back["TranDate"]) == (-100, deposit["HeadNum"], "2026-08-25")
    assert (await kinetic.call("get_sales_order", OrderNum=deposit["OrderNum"]))["DocDepositBal"] == 0


async def test_open_invoices_are_listed_for_one_customer(kinetic: Kinetic) -> None:
    mine = await kinetic.call("list_open_invoices", CustID="ACMEPUMP")
    others = await kinetic.call("list_open_invoices", CustID="NWFARMS")

    assert [invoice["InvoiceNum"] for invoice in mine["items"]] == [10001]
    assert others == {"items": [], "has_more": False}


async def test_a_journal_out_of_balance_is_refused_before_anything_is_sent(kinetic: Kinetic) -> None:
    with pytest.raises(Rejected) as refused:
        await kinetic.call(
            "create_gl_journal",
            GroupID="PAY1",
            Description="Payout",
            CommentText="po_1",
            GLJrnDtlMnls=[
                {"GLAccount": "1010|00|00", "DebitAmount": "0.30"},
                {"GLAccount": "1015|00|00", "CreditAmount": "0.1"},
                {"GLAccount": "1015|00|00", "CreditAmount": "0.19"},
            ],
        )

    assert refused.value.code == "out_of_balance"
    assert kinetic.server.asked == []


async def test_stock_tells_what_is_free(kinetic: Kinetic) -> None:
    stock = await kinetic.call("find_stock", PartNum="pump-100")

    assert (stock["PartNum"], stock["OnHandQty"], stock["AvailableQty"]) == ("PUMP-100", 50, 45)


async def test_a_part_with_a_slash_is_read(kinetic: Kinetic) -> None:
    assert (await kinetic.call("get_part", PartNum="BRACKET/10"))["UnitPrice"] == 12.8


async def test_parts_are_listed_over_many_pages(kinetic: Kinetic) -> None:
    for number in range(230):
        part = {"PartNum": f"X-{number:04}", "PartDescription": "Many"}
        await _send(kinetic, "Erp.BO.PartSvc/Parts", part)

    everything = await kinetic.call("list_parts", starts_with="X-")
    some = await kinetic.call("list_parts", starts_with="X-", max_items=150)

    assert [part["PartNum"] for part in everything["items"]] == [f"X-{number:04}" for number in range(230)]
    assert everything["has_more"] is False
    assert (len(some["items"]), some["has_more"]) == (150, True)


async def test_where_plain_reads_of_large_services_fail_the_look_ups_go_another_way(kinetic: Kinetic) -> None:
    await _send(kinetic, "Ice.BO.BpmCalloutSvc/Switches", {"heavy_reads_fail": True})

    first = await a_deposit(kinetic)
    again = await kinetic.call("create_sales_order", CustID="acmepump", PONum="ch_1", OrderDtls=LINES)
    found = await kinetic.call("find_customer", EMailAddress="kate@obrien-irrigation.example")

    assert again["OrderNum"] == first["OrderNum"]
    assert found["Customer"]["Name"] == "O'Brien Irrigation"
    assert len(kinetic.server.ledger("OrderDtls")) == 1


async def test_rows_that_update_ext_refuses_are_refusals_although_the_answer_is_200(kinetic: Kinetic) -> None:
    rows = {"ds": {"Customer": [{"CustID": "ACMEPUMP", "Name": "Twin", "RowMod": "A"}]}}

    with pytest.raises(Rejected) as refused:
        await kinetic.call("call_method", service="Erp.BO.CustomerSvc", method="UpdateExt", parameters=rows)

    assert refused.value.field == "Customer.CustID"


async def test_a_record_changed_by_somebody_else_is_tried_again(kinetic: Kinetic) -> None:
    stale = {"ds": {"Customer": [{"CustNum": 102, "Name": "Late", "SysRevID": 1, "RowMod": "U"}]}}

    with pytest.raises(TryAgain) as conflict:
        await kinetic.call("call_method", service="Erp.BO.CustomerSvc", method="Update", parameters=stale)

    assert conflict.value.code == "modified_by_another_user"
    assert len(kinetic.server.ledger("Customers", Name="Late")) == 0


@pytest.mark.parametrize(
    "fault, kind, code",
    [
        ("unauthorized", ReconnectNeeded, "login_refused"),
        ("rate_limited", TryAgain, "System.Web.HttpException"),
        ("malformed", TryAgain, "answer_malformed"),
    ],
)
async def test_a_fault_while_reading_has_its_own_class(kinetic: Kinetic, fault: str, kind: Any, code: str) -> None:
    kinetic.server.faults = [fault]

    with pytest.raises(kind) as failed:
        await kinetic.call("get_part", PartNum="PUMP-100")

    assert failed.value.code == code


async def test_a_server_error_in_a_write_leaves_it_open_whether_it_was_made(kinetic: Kinetic) -> None:
    kinetic.server.faults = ["server_error"]

    with pytest.raises(Lost):
        await kinetic.call("call_method", service="Erp.BO.CustomerSvc", method="Update", parameters={"ds": {}})


async def test_a_call_out_is_registered_once_for_an_address(kinetic: Kinetic) -> None:
    for _ in range(2):
        made = await kinetic.call("register_callout", url="https://hooks.example/1", events=["customer.updated"])
    await kinetic.call("update_customer", CustID="ACMEPUMP", City="Moline")

    assert len(kinetic.server.store.deliveries) == 1
    assert (await kinetic.call("unregister_callout", id=made["id"]))["removed"] is True
    assert (await kinetic.call("unregister_callout", id=made["id"]))["removed"] is False


async def test_days_are_never_shifted(kinetic: Kinetic) -> None:
    """The simulated company is west of Greenwich: a midnight sent in UTC would become the day before."""
    order = await kinetic.call(
        "create_sales_order", CustID="WEB", PONum="p", OrderDate="2026-01-01", NeedByDate="2026-12-31", OrderDtls=LINES
    )

    assert (order["OrderDate"], order["NeedByDate"]) == ("2026-01-01", "2026-12-31")
    answer = kinetic.server.simulator.handle(
        SimRequest("GET", "/api/v1/Erp.BO.SalesOrderSvc/SalesOrders", headers=_login(kinetic))
    )
    assert b'"OrderDate":"2026-01-01T00:00:00"' in answer.body


def _login(kinetic: Kinetic) -> dict[str, str]:
    keys = kinetic.server.simulator.credentials()
    return {"authorization": "Basic " + base64.b64encode(f"{keys['username']}:{keys['password']}".encode()).decode()}


def test_the_operations_send_exact_numbers_or_refuse() -> None:
    values = importlib.import_module(f"{PACKAGE}.calling.values")

    assert values.number("19.99", "x") == 19.99
    assert values.number("20.00", "x") == 20
    assert Decimal(repr(values.number("123456789.12345", "x"))) == Decimal("123456789.12345")
    with pytest.raises(Rejected):
        values.number("12345678901234567.89", "x")
    with pytest.raises(Rejected):
        values.number("1,5", "x")

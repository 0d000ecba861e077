"""The operations of the Kinetic connector over HTTP: what they answer, what they refuse and in whose words."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import jsonschema
import pytest

from connectors.gateway.answers import Lost
from connectors.sdk.errors import ReconnectNeeded, Rejected, TryAgain
from connectors.sdk.simulator import SimRequest
from tests.connectors.kinetic_server import LINES, MANIFEST, Kinetic, running


@pytest.fixture
async def kinetic() -> AsyncIterator[Kinetic]:
    async with running() as made:
        yield made


def books(kinetic: Kinetic) -> dict[str, Any]:
    return kinetic.server.store.collections()


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


async def test_stock_tells_what_is_free(kinetic: Kinetic) -> None:
    stock = await kinetic.call("find_stock", PartNum="pump-100")

    assert (stock["PartNum"], stock["OnHandQty"], stock["AvailableQty"]) == ("PUMP-100", 50, 45)


async def test_a_part_with_a_slash_is_read(kinetic: Kinetic) -> None:
    assert (await kinetic.call("get_part", PartNum="BRACKET/10"))["UnitPrice"] == 12.8


async def test_parts_are_listed_over_many_pages(kinetic: Kinetic) -> None:
    for number in range(230):
        part = {"PartNum": f"X-{number:04}", "PartDescription": "Many"}
        await kinetic.send("Erp.BO.PartSvc/Parts", part)

    everything = await kinetic.call("list_parts", starts_with="X-")
    some = await kinetic.call("list_parts", starts_with="X-", max_items=150)

    assert [part["PartNum"] for part in everything["items"]] == [f"X-{number:04}" for number in range(230)]
    assert everything["has_more"] is False
    assert (len(some["items"]), some["has_more"]) == (150, True)


async def test_where_plain_reads_of_large_services_fail_the_look_ups_go_another_way(kinetic: Kinetic) -> None:
    await kinetic.send("Ice.BO.BpmCalloutSvc/Switches", {"heavy_reads_fail": True})

    first = await kinetic.a_deposit()
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

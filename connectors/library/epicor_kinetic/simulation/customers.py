"""Rules of customers, their ship-to addresses and contacts.

Asked by `writing` before and after each row; also what other documents ask of a customer. Answers no request itself.
"""

from __future__ import annotations

from connectors.library.epicor_kinetic.simulation.callouts import announce
from connectors.library.epicor_kinetic.simulation.desk import Desk, TableRules, method, rules
from connectors.library.epicor_kinetic.simulation.methods import answer, dataset
from connectors.library.epicor_kinetic.simulation.problems import business, duplicate
from connectors.library.epicor_kinetic.simulation.tables import TABLES
from connectors.library.epicor_kinetic.simulation.values import Row

_CODES = {"TermsCode": "Terms", "ShipViaCode": "ShipVia", "CurrencyCode": "Currency", "TerritoryID": "SalesTer",
          "GroupCode": "CustGrup", "TaxRegionCode": "TaxRgn"}  # fmt: skip
_NAMES = {"Terms": "Terms Code", "ShipVia": "Ship Via", "Currency": "Currency", "SalesTer": "Territory",
          "CustGrup": "Customer Group", "TaxRgn": "Tax Region"}  # fmt: skip


def check_codes(desk: Desk, table: str, row: Row, old: Row | None) -> None:
    """Every code that a row newly names must exist."""
    for column, code_table in _CODES.items():
        value = row.get(column)
        if value and (old is None or old[column] != value) and desk.book.get(code_table, value) is None:
            raise business(f"{_NAMES[code_table]} '{value}' is not valid.", table, column)
    number = row.get("CountryNum")
    if number and (old is None or old["CountryNum"] != number) and desk.book.get("Country", number) is None:
        raise business(f"Country number {number} is not valid.", table, "CountryNum")


def need_customer(desk: Desk, table: str, row: Row) -> Row:
    """The customer that a document names."""
    if not row.get("CustNum"):
        raise business("A valid customer is required: CustNum is missing.", table, "CustNum")
    customer = desk.book.get("Customer", row["CustNum"])
    if customer is None:
        raise business(f"Customer number {row['CustNum']} does not exist.", table, "CustNum")
    return customer


@rules("Customer")
class CustomerRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(CustomerType="CUS", TermsCode="N30", CurrencyCode="USD", CountryNum=1, EstDate=desk.today,
                   GroupCode="IND", TerritoryID="MIDWEST", ShipViaCode="UPS")  # fmt: skip

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        renamed = old is None or old["CustID"].casefold() != row["CustID"].casefold()
        if renamed and desk.book.find("Customer", "CustID", row["CustID"]):
            raise duplicate("Customer", "CustID", f"Customer ID '{row['CustID']}' exists already.")
        if row["CustomerType"] not in ("CUS", "PRO", "SUS"):
            raise business("CustomerType must be CUS, PRO or SUS.", "Customer", "CustomerType")
        if not row["TermsCode"]:
            raise business("TermsCode is required.", "Customer", "TermsCode")
        check_codes(desk, "Customer", row, old)
        country = desk.book.get("Country", row["CountryNum"])
        if country is not None and not row["Country"]:
            row["Country"] = country["Description"]

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        announce(desk, "customer.created" if old is None else "customer.updated", "Customer", row, old)

    def removing(self, desk: Desk, row: Row) -> None:
        for table, text in (("OrderHed", "sales orders"), ("InvcHead", "invoices")):
            if desk.book.find(table, "CustNum", row["CustNum"]):
                raise business(f"Customer '{row['CustID']}' has {text} and cannot be deleted.", "Customer", "CustNum")


@rules("ShipTo")
class ShipToRules(TableRules):
    def defaults(self, desk: Desk, row: Row) -> None:
        row.update(CountryNum=1, TerritoryID="MIDWEST")

    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        need_customer(desk, "ShipTo", row)
        check_codes(desk, "ShipTo", row, old)


@rules("CustCnt")
class ContactRules(TableRules):
    def check(self, desk: Desk, row: Row, old: Row | None) -> None:
        need_customer(desk, "CustCnt", row)
        if row["ShipToNum"] and desk.book.get("ShipTo", row["CustNum"], row["ShipToNum"]) is None:
            raise business(f"Ship-to '{row['ShipToNum']}' does not exist.", "CustCnt", "ShipToNum")

    def saved(self, desk: Desk, row: Row, old: Row | None) -> None:
        announce(desk, "contact.created" if old is None else "contact.updated", "CustCnt", row, old)


@method("Erp.BO.CustomerSvc", "GetByCustID")
def get_by_cust_id(desk: Desk, parameters: dict[str, object]) -> dict[str, object]:
    found = desk.book.find("Customer", "CustID", str(parameters.get("custID", "")))
    if not found:
        raise business(f"Customer '{parameters.get('custID')}' does not exist.", "Customer", "CustID")
    return answer(desk, returned=dataset(desk, TABLES["Customer"], found[:1]))

"""The tables of the simulated company: columns, keys, entity sets, lengths, what must be filled, who contains whom.

Read by every other part; column names are Epicor's, kept in columns.json. Never changes a row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.library.epicor_kinetic.simulation.values import Row, blank

_COLUMNS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "columns.json").read_text("utf-8"))
COMPANY = "EPIC06"


@dataclass(frozen=True)
class Table:
    """One table. `keys` leave out Company; `number` is the key that the server fills; `of` is the containing table."""

    name: str
    entity_set: str
    keys: tuple[str, ...]
    number: str | None = None
    of: str | None = None
    required: tuple[str, ...] = ()
    lengths: dict[str, int] = field(default_factory=dict)
    find_by: tuple[str, ...] = ()
    readonly: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)

    def new_row(self) -> Row:
        row: dict[str, Any] = {column: blank(kind) for column, kind in self.columns.items()}
        return {**row, "Company": COMPANY}

    @property
    def all_keys(self) -> tuple[str, ...]:
        return ("Company", *self.keys)

    def kind(self, column: str) -> str | None:
        return self.columns.get(column)


def _table(name: str, entity_set: str, keys: str, **more: Any) -> Table:
    for part in ("required", "find_by", "readonly"):
        more[part] = tuple(more.get(part, "").split())
    return Table(name, entity_set, tuple(keys.split()), columns=_COLUMNS[name], **more)


_ADDRESS = {"Name": 50, "Address1": 50, "Address2": 50, "Address3": 50, "City": 50, "State": 50, "PhoneNum": 20}
_ALL = (
    _table("Customer", "Customers", "CustNum", number="CustNum", required="CustID Name",
           lengths={**_ADDRESS, "CustID": 10, "Zip": 10, "Country": 50, "EMailAddress": 50, "ExternalID": 50},
           find_by="CustID EMailAddress ExternalID"),
    _table("ShipTo", "ShipToes", "CustNum ShipToNum", of="Customer", required="ShipToNum Name",
           lengths={**_ADDRESS, "ShipToNum": 14, "ZIP": 10, "EMailAddress": 50}, find_by="CustNum ExternalID"),
    _table("CustCnt", "CustCnts", "CustNum ShipToNum ConNum", number="ConNum", of="Customer", required="Name",
           lengths={**_ADDRESS, "EMailAddress": 50}, find_by="CustNum EMailAddress"),
    _table("OrderHed", "SalesOrders", "OrderNum", number="OrderNum", required="CustNum",
           lengths={"PONum": 50, "TermsCode": 4, "OTSName": 50, "OTSAddress1": 50, "OTSAddress2": 50, "OTSZIP": 10},
           find_by="PONum CustNum",
           readonly="OrderAmt DocOrderAmt TotalCharges DocTotalCharges DepositBal DocDepositBal TotalTax DocTotalTax"),
    _table("OrderDtl", "OrderDtls", "OrderNum OrderLine", number="OrderLine", of="OrderHed", required="PartNum",
           lengths={"PartNum": 50, "LineDesc": 1000, "POLine": 10, "SalesUM": 6, "IUM": 6}, find_by="OrderNum PartNum",
           readonly="ExtPriceDtl DocExtPriceDtl"),
    _table("OrderRel", "OrderRels", "OrderNum OrderLine OrderRelNum", number="OrderRelNum", of="OrderDtl",
           find_by="OrderNum"),
    _table("OrderMsc", "OrderMscs", "OrderNum OrderLine SeqNum", number="SeqNum", of="OrderDtl", required="MiscCode",
           lengths={"MiscCode": 4, "Description": 30}, find_by="OrderNum"),
    _table("OHOrderMsc", "OHOrderMscs", "OrderNum OrderLine SeqNum", number="SeqNum", of="OrderHed",
           required="MiscCode", lengths={"MiscCode": 4, "Description": 30}, find_by="OrderNum"),
    _table("HedTaxSum", "HedTaxSums", "OrderNum TaxCode RateCode", of="OrderHed", find_by="OrderNum"),
    _table("Part", "Parts", "PartNum", required="PartNum PartDescription", lengths={"PartNum": 50}),
    _table("PartWhse", "PartWhses", "PartNum WarehouseCode", of="Part", find_by="PartNum"),
    _table("PartPlant", "PartPlants", "PartNum Plant", of="Part", find_by="PartNum"),
    _table("PriceLst", "PriceLsts", "ListCode", required="ListCode"),
    _table("PriceLstParts", "PriceLstParts", "ListCode PartNum UOMCode", of="PriceLst", find_by="PartNum"),
    _table("CashGrp", "CashGrps", "GroupID", required="GroupID", lengths={"GroupID": 9},
           readonly="TotalCashReceived TotalApplied UnappliedBalance PostInProcess"),
    _table("CashHead", "CashRecs", "GroupID HeadNum", number="HeadNum", of="CashGrp",
           lengths={"CheckRef": 50, "Reference": 50, "ExternalID": 50}, find_by="GroupID CheckRef OrderNum HeadNum",
           readonly="Posted AppliedAmt DocAppliedAmt UnAppliedAmt DocUnAppliedAmt DocDepApplied"),
    _table("CashDtl", "CashDtls", "GroupID HeadNum InvoiceNum InvoiceRef", of="CashHead", required="InvoiceNum",
           find_by="HeadNum InvoiceNum", readonly="Posted"),
    _table("InvcGrp", "InvcGrps", "GroupID", required="GroupID", lengths={"GroupID": 9}, readonly="PostInProcess"),
    _table("InvcHead", "ARInvoices", "InvoiceNum", number="InvoiceNum",
           lengths={"GroupID": 9, "PONum": 50, "Description": 30, "ExternalID": 50},
           find_by="CustNum OrderNum GroupID ExternalID",
           readonly="Posted InvoiceAmt DocInvoiceAmt InvoiceBal DocInvoiceBal UnpostedBal DocUnpostedBal"),
    _table("InvcDtl", "InvcDtls", "InvoiceNum InvoiceLine", number="InvoiceLine", of="InvcHead",
           lengths={"PartNum": 50, "LineDesc": 1000}, find_by="InvoiceNum", readonly="ExtPrice DocExtPrice"),
    _table("InvcMisc", "InvcMiscs", "InvoiceNum InvoiceLine SeqNum", of="InvcHead", find_by="InvoiceNum"),
    _table("GLJrnGrp", "GLJrnGrps", "GroupID", required="GroupID", lengths={"GroupID": 9}),
    _table("GLJrnHed", "GLJournalEntries", "BookID FiscalYear FiscalYearSuffix JournalCode JournalNum FiscalCalendarID",
           number="JournalNum", required="GroupID Description", lengths={"GroupID": 9, "Description": 45},
           find_by="GroupID JournalNum", readonly="Posted TotDebit TotCredit"),
    _table("GLJrnDtlMnl", "GLJrnDtlMnls",
           "BookID FiscalYear FiscalYearSuffix JournalCode JournalNum JournalLine FiscalCalendarID",
           number="JournalLine", of="GLJrnHed", required="GLAccount", lengths={"Description": 45},
           find_by="JournalNum"),
    _table("Terms", "Terms", "TermsCode"), _table("Currency", "Currencies", "CurrencyCode"),
    _table("Plant", "Plants", "Plant1"), _table("Company", "Companies", "Company1"),
    _table("Reason", "Reasons", "ReasonType ReasonCode"), _table("ShipVia", "ShipVias", "ShipViaCode"),
    _table("SalesTer", "SalesTers", "TerritoryID"), _table("CustGrup", "CustGrups", "GroupCode"),
    _table("Country", "Countries", "CountryNum"), _table("TaxRgn", "TaxRgns", "TaxRegionCode"),
    _table("MiscChrg", "MiscChrgs", "MiscCode"), _table("BankAcct", "BankAccts", "BankAcctID"),
    _table("GLAccount", "GLAccounts", "COACode GLAccount"), _table("Warehse", "Warehses", "WarehouseCode"),
    _table("ShipHead", "CustShips", "PackNum", number="PackNum", required="OrderNum", find_by="OrderNum",
           readonly="Invoiced"),
    _table("ShipDtl", "ShipDtls", "PackNum PackLine", number="PackLine", of="ShipHead", required="OrderLine",
           find_by="PackNum OrderNum", readonly="Invoiced"),
    _table("SysTask", "SysTasks", "SysTaskNum", number="SysTaskNum"),
)  # fmt: skip
TABLES: dict[str, Table] = {table.name: table for table in _ALL}
CHILDREN: dict[str, tuple[Table, ...]] = {name: tuple(table for table in _ALL if table.of == name) for name in TABLES}
# Which tables a service serves; the first is its own.
SERVICES: dict[str, tuple[str, ...]] = {
    "Erp.BO.CustomerSvc": ("Customer", "ShipTo", "CustCnt"),
    "Erp.BO.ShipToSvc": ("ShipTo",),
    "Erp.BO.CustCntSvc": ("CustCnt",),
    "Erp.BO.SalesOrderSvc": ("OrderHed", "OrderDtl", "OrderRel", "OrderMsc", "OHOrderMsc", "HedTaxSum"),
    "Erp.BO.PartSvc": ("Part", "PartWhse", "PartPlant"),
    "Erp.BO.PriceLstSvc": ("PriceLst", "PriceLstParts"),
    "Erp.BO.CashGrpSvc": ("CashGrp",),
    "Erp.BO.CashRecSvc": ("CashHead", "CashDtl"),
    "Erp.BO.InvcGrpSvc": ("InvcGrp",),
    "Erp.BO.ARInvoiceSvc": ("InvcHead", "InvcDtl", "InvcMisc"),
    "Erp.BO.GLJrnGrpSvc": ("GLJrnGrp",),
    "Erp.BO.GLJournalEntrySvc": ("GLJrnHed", "GLJrnDtlMnl"),
    "Erp.BO.TermsSvc": ("Terms",),
    "Erp.BO.CurrencySvc": ("Currency",),
    "Erp.BO.PlantSvc": ("Plant",),
    "Erp.BO.CompanySvc": ("Company",),
    "Erp.BO.ReasonSvc": ("Reason",),
    "Erp.BO.ShipViaSvc": ("ShipVia",),
    "Erp.BO.SalesTerSvc": ("SalesTer",),
    "Erp.BO.CustGrupSvc": ("CustGrup",),
    "Erp.BO.CountrySvc": ("Country",),
    "Erp.BO.TaxRgnSvc": ("TaxRgn",),
    "Erp.BO.MiscChrgSvc": ("MiscChrg",),
    "Erp.BO.BankAcctSvc": ("BankAcct",),
    "Erp.BO.GLAccountSvc": ("GLAccount",),
    "Erp.BO.WarehseSvc": ("Warehse",),
    "Erp.BO.CustShipSvc": ("ShipHead", "ShipDtl"),
    "Ice.BO.SysTaskSvc": ("SysTask",),
    "Erp.BO.InventoryQtyAdjSvc": (),
    "Erp.BO.PartOnHandWhseSvc": (),
    "Erp.BO.ReverseCashReceiptSvc": (),
    "Erp.PROC.CashRecPostSvc": (),
    "Erp.PROC.ARInvoicePostSvc": (),
    "Ice.LIB.SessionModSvc": (),
    "Ice.LibSvc.SessionModSvc": (),
}
# Services whose plain OData reads fail with a 500 on some sites; the switch "heavy_reads_fail" makes them do so here.
HEAVY = frozenset(
    f"Erp.BO.{name}Svc" for name in ("Customer", "SalesOrder", "ARInvoice", "CashRec", "Part", "GLJournalEntry")
)


def served_table(service: str, entity_set: str) -> Table | None:
    return next((TABLES[name] for name in SERVICES.get(service, ()) if TABLES[name].entity_set == entity_set), None)

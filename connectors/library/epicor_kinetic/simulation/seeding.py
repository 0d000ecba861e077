"""The starting data: company EPIC06 with its codes, accounts, parts with stock, customers, contacts and groups.

Called by the simulator after a reset. Writes by the same rules as any caller, codes excepted.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.library.epicor_kinetic.simulation import (
    cash,
    customers,
    invoices,
    journals,
    order_screen,
    orders,
    parts,
    posting,
    shipments,
)
from connectors.library.epicor_kinetic.simulation.desk import Desk
from connectors.library.epicor_kinetic.simulation.tables import COMPANY, TABLES
from connectors.library.epicor_kinetic.simulation.writing import insert

# Importing the families registers their rules and methods.
FAMILIES = (cash, customers, invoices, journals, order_screen, orders, parts, posting, shipments)
_CODES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "Company": ("Company1 Name Address1 City State Zip Country CurrencyCode PhoneNum", [
        (COMPANY, "Prairie Flow Controls Inc.", "2100 Millwright Road", "Peoria", "IL", "61602", "USA", "USD",
         "309-555-0100")]),
    "Plant": ("Plant1 Name Address1 City State Zip Country", [
        ("MfgSys", "Main plant", "2100 Millwright Road", "Peoria", "IL", "61602", "USA"),
        ("WEST", "Western depot", "88 Harbor Way", "Oakland", "CA", "94607", "USA")]),
    "Terms": ("TermsCode Description NumberOfDays", [
        ("N30", "Net 30 days", 30), ("N10", "Net 10 days", 10), ("COD", "On delivery", 0),
        ("CC", "Paid by card", 0)]),
    "Currency": ("CurrencyCode CurrDesc CurrSymbol CurrencyID BaseCurr DecimalsGeneral DecimalsPrice ExchangeRate", [
        ("USD", "US dollar", "$", "USD", True, 2, 5, Decimal(1)),
        ("EUR", "Euro", "€", "EUR", False, 2, 5, Decimal("1.08")),
        ("CAD", "Canadian dollar", "C$", "CAD", False, 2, 5, Decimal("0.73")),
        ("GBP", "Pound sterling", "£", "GBP", False, 2, 5, Decimal("1.27")),
        ("JPY", "Yen", "¥", "JPY", False, 0, 5, Decimal("0.0067")),
        ("KWD", "Kuwaiti dinar", "KD", "KWD", False, 3, 5, Decimal("3.25"))]),
    "Country": ("CountryNum Description ISOCode", [
        (1, "USA", "US"), (2, "Canada", "CA"), (3, "United Kingdom", "GB"), (4, "Germany", "DE"), (5, "France", "FR"),
        (6, "Japan", "JP"), (7, "Netherlands", "NL"), (8, "Switzerland", "CH"), (9, "Australia", "AU"),
        (10, "Mexico", "MX"), (11, "Austria", "AT"), (12, "Ireland", "IE")]),
    "SalesTer": ("TerritoryID TerritoryDesc", [("MIDWEST", "Midwest"), ("WEST", "West"), ("WEB", "Web shop")]),
    "CustGrup": ("GroupCode GroupDesc", [("IND", "Industry"), ("WEB", "Web customers"), ("DIST", "Distributors")]),
    "ShipVia": ("ShipViaCode Description", [("UPS", "UPS ground"), ("FDX", "FedEx"), ("PICK", "Customer pick-up")]),
    "TaxRgn": ("TaxRegionCode Description Percent", [
        ("IL", "Illinois", Decimal("6.25")), ("CA", "California", Decimal("7.25"))]),
    "MiscChrg": ("MiscCode Description", [
        ("FRT", "Freight"), ("HND", "Handling"), ("TAX", "Sales tax collected online"), ("DISC", "Discount"),
        ("FEE", "Card fee")]),
    "Reason": ("ReasonType ReasonCode Description", [
        ("M", "COUNT", "Cycle count"), ("M", "SCRAP", "Scrapped"), ("R", "DAMAGED", "Arrived damaged"),
        ("R", "WRONG", "Wrong item"), ("R", "CUST", "Customer changed mind"), ("R", "FRAUD", "Fraudulent payment")]),
    "BankAcct": ("BankAcctID Description BankName CurrencyCode GLAccount", [
        ("STRIPE", "Stripe balance", "Stripe", "USD", "1015|00|00"),
        ("MAIN", "Operating account", "First Prairie Bank", "USD", "1010|00|00")]),
    "GLAccount": ("COACode GLAccount AccountDesc Active", [
        ("MAIN", "1010|00|00", "Cash, operating account", True), ("MAIN", "1015|00|00", "Cash, Stripe balance", True),
        ("MAIN", "1200|00|00", "Accounts receivable", True), ("MAIN", "2150|00|00", "Customer deposits", True),
        ("MAIN", "2200|00|00", "Sales tax payable", True), ("MAIN", "4000|00|10", "Sales", True),
        ("MAIN", "4900|00|10", "Sales returns", True), ("MAIN", "6300|00|20", "Card processing fees", True),
        ("MAIN", "6310|00|20", "Disputes and chargebacks", True), ("MAIN", "9999|00|00", "Closed suspense", False)]),
    "Warehse": ("WarehouseCode Description Plant", [
        ("MAIN", "Main warehouse", "MfgSys"), ("WEST", "Oakland depot", "WEST")]),
    "PriceLst": ("ListCode CurrencyCode ListDescription", [("WEB", "USD", "Web shop prices")]),
}  # fmt: skip
# number, description, price, class, on hand in MAIN, on hand in WEST, allocated in MAIN
_PARTS = [
    ("PUMP-100", "Centrifugal pump, 1 hp, cast iron", "499.00", "PUMP", 42, 8, 5),
    ("VALVE-220", "Ball valve, 2 inch, stainless steel", "84.50", "VALV", 310, 60, 24),
    ("HOSE-310", "Suction hose, 3 inch, per foot", "6.375", "HOSE", 2400, 500, 150),
    ("SEAL-415", "Mechanical seal kit", "38.25", "SEAL", 175, 20, 12),
    ("MOTOR-500", "Electric motor, 5 hp, TEFC", "1249.00", "MOTR", 11, 2, 3),
    ("FILTER-610", "Inline filter, 100 mesh", "19.99", "FILT", 860, 140, 40),
    ("GAUGE-700", "Pressure gauge, 0-160 psi", "27.4375", "GAUG", 95, 0, 0),
    ("SERVICE-PLAN", "Pump service plan, one year", "199.00", "SERV", 0, 0, 0),
    ("BRACKET/10", "Mounting bracket, 10 inch", "12.80", "MISC", 64, 0, 0),
    ("PUMP-090", "Centrifugal pump, 3/4 hp (discontinued)", "389.00", "PUMP", 1, 0, 0),
]
# id, name, street, city, state, zip, country number, e-mail, terms, group, external id
_CUSTOMERS = [
    ("WEB", "Web shop customers", "2100 Millwright Road", "Peoria", "IL", "61602", 1, "", "CC", "WEB", ""),
    ("ACMEPUMP", "Acme Pump & Supply", "415 Industrial Blvd", "Davenport", "IA", "52802", 1,
     "purchasing@acmepump.example", "N30", "DIST", ""),
    ("NWFARMS", "Northwest Farms Cooperative", "9 Grange Hall Road", "Yakima", "WA", "98901", 1,
     "orders@nwfarms.example", "N30", "IND", ""),
    ("RIVERCTY", "City of Rivertown Water Works", "1 Civic Plaza", "Rivertown", "IL", "61550", 1,
     "waterworks@rivertown.example", "N30", "IND", ""),
    ("OBRIEN", "O'Brien Irrigation", "77 Canal Street", "Fresno", "CA", "93721", 1, "kate@obrien-irrigation.example",
     "N10", "IND", ""),
    ("MAPLELF", "Maple Leaf Hydraulics Ltd.", "1200 Dundas Street", "Toronto", "ON", "M5T 1H8", 2,
     "ap@mapleleafhydraulics.example", "N30", "DIST", ""),
    ("SLOWPAY", "Slowpay Contracting", "13 Debtor Lane", "Gary", "IN", "46402", 1, "office@slowpay.example", "COD",
     "IND", ""),
]  # fmt: skip
_CONTACTS = [("ACMEPUMP", "Dana Whitfield", "dana@acmepump.example", "Buyer"),
             ("RIVERCTY", "Luis Ortega", "lortega@rivertown.example", "Plant engineer"),
             ("MAPLELF", "Claire Gagnon", "claire@mapleleafhydraulics.example", "Accounts payable")]  # fmt: skip


def seed(desk: Desk) -> None:
    for name, (columns, rows) in _CODES.items():
        for values in rows:
            desk.book.save(name, {**TABLES[name].new_row(), **dict(zip(columns.split(), values, strict=True))})
    for part in _PARTS:
        _seed_part(desk, part)
    by_id = {customer[0]: _seed_customer(desk, customer) for customer in _CUSTOMERS}
    for cust_id, name, email, title in _CONTACTS:
        first, _, last = name.partition(" ")
        row = {"CustNum": by_id[cust_id], "Name": name, "FirstName": first, "LastName": last, "EMailAddress": email,
               "ContactTitle": title}  # fmt: skip
        insert(desk, TABLES["CustCnt"], row)
    _seed_documents(desk, by_id)


def _seed_part(desk: Desk, part: tuple[Any, ...]) -> None:
    number, description, price, kind, main, west, allocated = part
    service = kind == "SERV"
    row = {"PartNum": number, "PartDescription": description, "UnitPrice": Decimal(price), "ClassID": kind,
           "ProdCode": kind, "NonStock": service, "WebPart": True, "InActive": number == "PUMP-090",
           "SearchWord": number[:8]}  # fmt: skip
    insert(desk, TABLES["Part"], row)
    insert(desk, TABLES["PartPlant"], {"PartNum": number, "Plant": "MfgSys", "PrimWhse": "MAIN", "NonStock": service})
    if not service:
        for warehouse, on_hand, held in (("MAIN", main, allocated), ("WEST", west, 0)):
            stock = {"PartNum": number, "WarehouseCode": warehouse, "OnHandQty": Decimal(on_hand), "PrimBinNum": "A-01",
                     "AllocatedQty": Decimal(held), "SalesAllocatedQty": Decimal(held)}  # fmt: skip
            insert(desk, TABLES["PartWhse"], stock)
    if number == "FILTER-610":
        row = {"ListCode": "WEB", "PartNum": number, "UOMCode": "EA", "BasePrice": Decimal("19.99"),
               "QtyBreak1": Decimal(50), "UnitPrice1": Decimal("17.50"), "QtyBreak2": Decimal(200),
               "UnitPrice2": Decimal("15.995"), "CurrencyCode": "USD"}  # fmt: skip
        insert(desk, TABLES["PriceLstParts"], row)


def _seed_customer(desk: Desk, customer: tuple[Any, ...]) -> int:
    cust_id, name, street, city, state, zip_code, country, email, terms, group, external = customer
    row = {"CustID": cust_id, "Name": name, "Address1": street, "City": city, "State": state, "Zip": zip_code,
           "CountryNum": country, "EMailAddress": email, "TermsCode": terms, "GroupCode": group, "ExternalID": external,
           "CreditHold": cust_id == "SLOWPAY", "CreditLimit": Decimal(25000), "TerritoryID": "MIDWEST"}  # fmt: skip
    return int(insert(desk, TABLES["Customer"], row)["CustNum"])


def _seed_documents(desk: Desk, by_id: dict[str, int]) -> None:
    """A ship-to, a group locked by somebody, and a posted invoice that is open."""
    shop = {"CustNum": by_id["NWFARMS"], "ShipToNum": "BARN2", "Name": "Northwest Farms, barn 2", "City": "Yakima",
            "State": "WA", "ZIP": "98902"}  # fmt: skip
    insert(desk, TABLES["ShipTo"], shop)
    insert(desk, TABLES["CashGrp"], {"GroupID": "JSMITH1", "BankAcctID": "MAIN", "ActiveUserID": "jsmith"})
    insert(desk, TABLES["InvcGrp"], {"GroupID": "OPENING"})
    line = {"PartNum": "VALVE-220", "SellingShipQty": Decimal(4), "DocUnitPrice": Decimal("84.50")}
    head = {"GroupID": "OPENING", "CustNum": by_id["ACMEPUMP"], "PONum": "AP-7741", "InvcDtls": [line]}
    insert(desk, TABLES["InvcHead"], head)
    posting.post_now(desk, "OPENING")

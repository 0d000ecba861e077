"""The starting data: an account that sells industrial parts, with fixed, readable ids.

Run into an empty store and after every reset. It makes no customers and no payments, and sends no events.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation import payouts
from connectors.library.stripe.simulation.desk import ACCOUNT_ID, Desk
from connectors.library.stripe.simulation.records import Record, Records
from connectors.library.stripe.simulation.shapes import blank
from connectors.sdk.simulator import Store

ACCOUNT_NAME = "Industrial Parts Supply"
ACCOUNT_EMAIL = "owner@industrial-parts.example"
# Slug, name, description, unit, suggested ERP part number, prices by currency in minor units (monthly marks a plan).
PRODUCTS: tuple[tuple[str, str, str, str, str, dict[str, int]], ...] = (
    (
        "hydraulic_pump",
        "Hydraulic pump HP-100",
        "Gear pump, 45 cc/rev, 250 bar, SAE-B flange",
        "each",
        "PUMP-100",
        {"usd": 129900, "eur": 119900, "jpy": 189000},
    ),
    (
        "control_valve",
        "Control valve CV-220",
        "Directional control valve, 4/3 way, 24 V DC, NG10",
        "each",
        "VALVE-220",
        {"usd": 34950, "eur": 31950, "kwd": 107500},
    ),
    (
        "hydraulic_hose",
        "Hydraulic hose HH-310",
        "Two-wire braided hose, 1/2 in, 2 m, pressed fittings",
        "each",
        "HOSE-310",
        {"usd": 4780, "eur": 4390},
    ),
    (
        "seal_kit",
        "Seal kit SK-415",
        "Cylinder seal kit, NBR, 63 mm bore",
        "kit",
        "SEAL-415",
        {"usd": 1895, "eur": 1750, "jpy": 2800},
    ),
    (
        "electric_motor",
        "Electric motor EM-500",
        "Three-phase motor, 7.5 kW, 1450 rpm, IE3",
        "each",
        "MOTOR-500",
        {"usd": 89500, "eur": 82500, "kwd": 275250},
    ),
    (
        "filter_cartridge",
        "Filter cartridge FC-610",
        "Return line filter element, 10 micron",
        "each",
        "FILTER-610",
        {"usd": 2650, "jpy": 3900},
    ),
    (
        "pressure_gauge",
        "Pressure gauge PG-700",
        "Glycerine filled gauge, 0-400 bar, 63 mm",
        "each",
        "GAUGE-700",
        {"usd": 3990, "eur": 3690, "kwd": 12250},
    ),
    (
        "service_plan",
        "Maintenance service plan",
        "Monthly inspection and oil analysis for one machine",
        "machine",
        "SERVICE-PLAN",
        {"usd_monthly": 19900, "eur_monthly": 18500},
    ),
)


def seed(store: Store) -> None:
    records = Records(store)
    desk = Desk(records, int(store.now().timestamp()))
    desk.save("account", _account(desk))
    for slug, name, text, unit, part, prices in PRODUCTS:
        _product(desk, slug, name, text, unit_label=unit, metadata={"erp_part_number": part})
        for key, amount in prices.items():
            currency, _, cycle = key.partition("_")
            _price(desk, slug, key, currency=currency, amount=amount, monthly=bool(cycle))
        product = desk.need("products", "product", f"prod_{slug}")
        product["default_price"] = f"price_{slug}_{next(iter(prices))}"
    payouts.begin_daily(desk)
    records.flush()


def _account(desk: Desk) -> Record:
    account = blank("account")
    account.update(id=ACCOUNT_ID, created=desk.now, charges_enabled=True, payouts_enabled=True, details_submitted=True)
    account.update(email=ACCOUNT_EMAIL, business_type="company")
    account["business_profile"].update(name=ACCOUNT_NAME, mcc="5085", url="https://industrial-parts.example")
    account["settings"]["dashboard"]["display_name"] = ACCOUNT_NAME
    account["settings"]["payments"]["statement_descriptor"] = "INDUSTRIAL PARTS"
    account["requirements"].update(currently_due=[], eventually_due=[], disabled_reason=None)
    account["external_accounts"]["url"] = f"/v1/accounts/{ACCOUNT_ID}/external_accounts"
    account["tos_acceptance"]["date"] = desk.now
    return account


def _product(desk: Desk, slug: str, name: str, text: str, **fields: Any) -> None:
    product = blank("product")
    product.update(id=f"prod_{slug}", name=name, description=text, created=desk.now, updated=desk.now, **fields)
    desk.save("products", product)


def _price(desk: Desk, slug: str, key: str, *, currency: str, amount: int, monthly: bool) -> None:
    price = blank("price")
    price.update(id=f"price_{slug}_{key}", product=f"prod_{slug}", currency=currency, created=desk.now)
    price.update(unit_amount=amount, unit_amount_decimal=str(amount), lookup_key=f"{slug}_{key}")
    if monthly:
        cycle = {"interval": "month", "interval_count": 1, "meter": None, "trial_period_days": None}
        price.update(type="recurring", recurring=cycle | {"usage_type": "licensed"})
    desk.save("prices", price)

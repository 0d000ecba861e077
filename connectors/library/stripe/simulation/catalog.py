"""Products and prices: the shop's catalogue, and prices described inside other requests.

Checkout, invoices and subscriptions turn a `price` or `price_data` into a price through `priced`.
The amount of a price never changes once it exists.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.library.stripe.simulation import changes, currencies
from connectors.library.stripe.simulation.desk import Desk, snapshot
from connectors.library.stripe.simulation.events import emit, updated
from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.listing import equal, found_by, in_time, listed
from connectors.library.stripe.simulation.problems import invalid, missing, wrong_state
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.searching import found
from connectors.library.stripe.simulation.shapes import blank

PRODUCTS = "/v1/products"
PRICES = "/v1/prices"
INTERVALS = ("day", "week", "month", "year")
PRODUCT_TEXTS = ("description", "statement_descriptor", "tax_code", "unit_label", "url")


def new_product(desk: Desk, params: Params) -> Record:
    product = blank("product")
    identifier = params.text("id")
    if identifier and desk.records.get("products", identifier):
        raise invalid(f"Product {identifier} already exists.", code="resource_already_exists", param="id")
    product.update(id=identifier or desk.new_id("prod", 14), created=desk.now, updated=desk.now)
    product["name"] = params.need_text("name")
    _product_fields(product, params)
    desk.save("products", product)
    emit(desk, "product.created", product)
    return product


def _product_fields(product: Record, params: Params) -> None:
    changes.texts(product, params, *PRODUCT_TEXTS)
    product["metadata"] = changes.merged_metadata(product["metadata"], params)
    for name in ("active", "shippable"):
        if params.boolean(name) is not None:
            product[name] = params.boolean(name)
    if "images" in params:
        product["images"] = params.strings("images")


def new_price(desk: Desk, params: Params, *, inline: bool = False) -> Record:
    price = blank("price")
    currency = currencies.known(params.need_text("currency"), params.label("currency"))
    price.update(id=desk.new_id("price"), created=desk.now, currency=currency, active=not inline)
    price.update(_amounts(params, currency))
    price["recurring"] = _recurring(params.child("recurring"))
    price["type"] = "recurring" if price["recurring"] else "one_time"
    changes.texts(price, params, "nickname")
    price["metadata"] = changes.merged_metadata({}, params)
    behaviour = params.choice("tax_behavior", ("exclusive", "inclusive", "unspecified"))
    price["tax_behavior"] = behaviour or "unspecified"
    if params.boolean("active") is not None:
        price["active"] = params.boolean("active")
    _lookup_key(desk, price, params)
    product, data = desk.referenced("products", "product", "product", params), params.child("product_data")
    if product is None and data is None:
        raise missing(params.label("product"))
    if product is None and data is not None:
        product = new_product(desk, data)
    price["product"] = (product or {})["id"]
    desk.save("prices", price)
    if not inline:
        emit(desk, "price.created", price)
    return price


def _amounts(params: Params, currency: str) -> Record:
    exact = params.decimal("unit_amount_decimal")
    if exact is None:
        amount = params.need_integer("unit_amount", least=0, most=currencies.LARGEST)
        currencies.granular(amount, currency, params.label("unit_amount"))
        return {"unit_amount": amount, "unit_amount_decimal": str(amount)}
    if "unit_amount" in params:
        raise invalid("Send unit_amount or unit_amount_decimal, not both.", param=params.label("unit_amount"))
    whole = int(exact) if exact == exact.to_integral_value() else None
    return {"unit_amount": whole, "unit_amount_decimal": str(exact)}


def _recurring(params: Params | None) -> Record | None:
    if params is None:
        return None
    interval = params.choice("interval", INTERVALS)
    if interval is None:
        raise missing(params.label("interval"))
    return {
        "interval": interval,
        "interval_count": params.integer("interval_count", least=1, most=365) or 1,
        "meter": None,
        "trial_period_days": params.integer("trial_period_days", least=0),
        "usage_type": params.choice("usage_type", ("licensed",)) or "licensed",
    }


def _lookup_key(desk: Desk, price: Record, params: Params) -> None:
    if "lookup_key" not in params:
        return
    key = params.text("lookup_key", longest=200)
    holders = desk.records.where("prices", "lookup_key", key) if key else []
    for holder in holders:
        if holder["id"] == price["id"]:
            continue
        if not params.boolean("transfer_lookup_key"):
            message = (
                f"A price ({holder['id']}) already uses that lookup key. Send transfer_lookup_key=true to move it."
            )
            raise invalid(message, code="resource_already_exists", param=params.label("lookup_key"))
        holder["lookup_key"] = None
        desk.save("prices", holder)
    price["lookup_key"] = key


def priced(desk: Desk, item: Params) -> Record:
    """The price that a line names or describes."""
    data = item.child("price_data")
    if data is not None:
        return new_price(desk, data, inline=True)
    price = desk.referenced("prices", "price", "price", item)
    if price is None:
        raise missing(item.label("price"))
    if not price["active"]:
        message = f"The price {price['id']} is inactive and cannot be used for new purchases."
        raise invalid(message, code="price_inactive", param=item.label("price"))
    return price


def extended(price: Record, quantity: int) -> int:
    """Price times quantity in whole minor units."""
    return int((Decimal(price["unit_amount_decimal"]) * quantity).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def product_name(desk: Desk, price: Record) -> str:
    product = desk.records.get("products", price["product"])
    return product["name"] if product else price["product"]


@route("POST", PRODUCTS)
def create_product(desk: Desk) -> Record:
    product = new_product(desk, desk.params)
    data = desk.params.child("default_price_data")
    if data is not None:
        details: dict[str, Any] = {**data.values, "product": product["id"]}
        product["default_price"] = new_price(desk, Params(details, data.prefix))["id"]
    return desk.save("products", product)


@route("GET", PRODUCTS + "/{id}")
def retrieve_product(desk: Desk) -> Record:
    return desk.need("products", "product")


@route("POST", PRODUCTS + "/{id}")
def update_product(desk: Desk) -> Record:
    product, params = desk.need("products", "product"), desk.params
    before = snapshot(product)
    if "name" in params:
        product["name"] = params.need_text("name")
    _product_fields(product, params)
    if "default_price" in params:
        price = desk.referenced("prices", "price", "default_price")
        product["default_price"] = price["id"] if price else None
    if product != before:
        product["updated"] = desk.now
    desk.save("products", product)
    updated(desk, "product.updated", before, product)
    return product


@route("DELETE", PRODUCTS + "/{id}")
def delete_product(desk: Desk) -> Record:
    product = desk.need("products", "product")
    if desk.records.where("prices", "product", product["id"]):
        message = "This product cannot be deleted because it has prices. Set active=false to archive it."
        raise wrong_state(message)
    desk.records.remove("products", product["id"])
    emit(desk, "product.deleted", product)
    return {"id": product["id"], "object": "product", "deleted": True}


@route("GET", PRODUCTS)
def list_products(desk: Desk) -> Record:
    rows = equal(desk, desk.records.all("products", newest_first=True), "active", "shippable", "url")
    wanted = desk.params.strings("ids")
    if wanted:
        rows = [row for row in rows if row["id"] in wanted]
    return listed(desk, in_time(desk, rows), PRODUCTS, noun="product")


@route("GET", PRODUCTS + "/search")
def search_products(desk: Desk) -> Record:
    return found(desk, "products", PRODUCTS + "/search")


@route("POST", PRICES)
def create_price(desk: Desk) -> Record:
    return new_price(desk, desk.params)


@route("GET", PRICES + "/{id}")
def retrieve_price(desk: Desk) -> Record:
    return desk.need("prices", "price")


@route("POST", PRICES + "/{id}")
def update_price(desk: Desk) -> Record:
    price, params = desk.need("prices", "price"), desk.params
    before = snapshot(price)
    changes.texts(price, params, "nickname")
    price["metadata"] = changes.merged_metadata(price["metadata"], params)
    if params.boolean("active") is not None:
        price["active"] = params.boolean("active")
    _lookup_key(desk, price, params)
    desk.save("prices", price)
    updated(desk, "price.updated", before, price)
    return price


@route("GET", PRICES)
def list_prices(desk: Desk) -> Record:
    rows = equal(desk, found_by(desk, "prices", "product"), "active", "currency", "type")
    keys = desk.params.strings("lookup_keys")
    if keys:
        rows = [row for row in rows if row["lookup_key"] in keys]
    return listed(desk, in_time(desk, rows), PRICES, noun="price")


@route("GET", PRICES + "/search")
def search_prices(desk: Desk) -> Record:
    return found(desk, "prices", PRICES + "/search")

"""Groups of concepts and types that several files of this package ask for. Plain data.

Read by `features.py`, `certainty.py` and `how.py`; the words themselves are in the lexicon.
"""

from __future__ import annotations

from typing import Final

# Types of numbers.
NUMERIC: Final = frozenset((
    "decimal", "whole",
))  # fmt: skip
# Concepts whose values are amounts.
MONEY: Final = frozenset((
    "price", "cost", "amount", "total", "subtotal", "tax", "discount", "shipping_cost", "fee", "balance", "paid",
    "refund", "compare_price", "credit_limit",
))  # fmt: skip
# Concepts whose values are moments.
DATE_MEANINGS: Final = frozenset((
    "date", "time", "created", "updated", "due", "delivery", "transaction_date", "start", "end", "posting",
    "birth_date",
))  # fmt: skip
# Concepts of which systems keep records of their own, so that a field may point at one.
PARTIES: Final = frozenset((
    "customer", "vendor", "account", "contact", "product", "location", "salesperson", "owner", "company",
    "currency", "country", "state", "category", "unit_of_measure", "payment_method", "payment_terms",
    "shipping_method", "tax_code", "journal", "website_store", "line", "tag", "brand", "language", "territory",
    "price_list",
))  # fmt: skip
# What integrations of business records nearly always carry over.
EVERYDAY: Final = frozenset((
    "name", "first_name", "last_name", "full_name", "email", "phone", "mobile", "fax", "website", "line_one",
    "line_two", "street", "city", "state", "postal_code", "country", "currency", "sku", "description", "price",
    "cost", "quantity", "unit_of_measure", "weight", "barcode", "customer", "order", "invoice", "number", "due",
    "transaction_date", "delivery", "payment_terms", "payment_method", "shipping_method", "tax_number",
    "credit_limit", "birth_date", "gender", "category", "discount", "tax", "purchase_order", "contact",
    "salesperson", "amount", "total", "line_number", "company", "brand",
))  # fmt: skip
# What they nearly never carry over.
TECHNICAL: Final = frozenset((
    "user", "session", "tag", "updated", "owner", "revenue", "industry", "campaign", "lead", "balance", "refund",
    "posting", "journal", "latitude", "longitude", "inventory", "exchange_rate", "paid", "gift", "parent", "height",
    "width", "length", "dimension", "subscription", "price_list", "base", "serial", "lot", "marketing",
    "purchasing", "bank", "cost_center", "line_three", "line_four",
))  # fmt: skip

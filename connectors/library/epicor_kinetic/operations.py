"""The door to the coded operations of the manifest and their look-ups; the code is in `calling`.

The gateway and the registry find them here by name; nothing is decided in this module.
"""

from __future__ import annotations

from connectors.library.epicor_kinetic.calling.cash import (
    create_cash_receipt,
    create_deposit,
    ensure_cash_group,
    find_created_deposit,
    find_created_receipt,
    find_reversal,
    post_cash_group,
    reverse_cash_receipt,
)
from connectors.library.epicor_kinetic.calling.customers import (
    create_customer,
    find_created_customer,
    find_customer,
    find_matching_customer,
    find_or_create_customer,
    update_customer,
)
from connectors.library.epicor_kinetic.calling.general import (
    call_method,
    get_company,
    odata_query,
    register_callout,
    unregister_callout,
)
from connectors.library.epicor_kinetic.calling.invoices import (
    create_credit_memo,
    find_created_credit_memo,
    get_invoice,
    list_open_invoices,
)
from connectors.library.epicor_kinetic.calling.journals import create_gl_journal, find_created_journal
from connectors.library.epicor_kinetic.calling.orders import (
    create_sales_order,
    find_created_order,
    find_sales_order,
    get_sales_order,
    hold_sales_order,
)
from connectors.library.epicor_kinetic.calling.parts import find_stock, get_part, list_parts

__all__ = [
    "call_method",
    "create_cash_receipt",
    "create_credit_memo",
    "create_customer",
    "create_deposit",
    "create_gl_journal",
    "create_sales_order",
    "ensure_cash_group",
    "find_created_credit_memo",
    "find_created_customer",
    "find_created_deposit",
    "find_created_journal",
    "find_created_order",
    "find_created_receipt",
    "find_customer",
    "find_matching_customer",
    "find_or_create_customer",
    "find_reversal",
    "find_sales_order",
    "find_stock",
    "get_company",
    "get_invoice",
    "get_part",
    "get_sales_order",
    "hold_sales_order",
    "list_open_invoices",
    "list_parts",
    "odata_query",
    "post_cash_group",
    "register_callout",
    "reverse_cash_receipt",
    "unregister_callout",
    "update_customer",
]

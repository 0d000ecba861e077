"""Metadata and other fields that updates touch: merge rules, limits, and what changed.

Called by every family that has an update. It never saves.
"""

from __future__ import annotations

from typing import Any

from connectors.library.stripe.simulation.forms import Params
from connectors.library.stripe.simulation.problems import invalid
from connectors.library.stripe.simulation.records import Record

MOST_KEYS = 50
LONGEST_KEY = 40
LONGEST_VALUE = 500
ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


def merged_metadata(current: dict[str, str], params: Params, name: str = "metadata") -> dict[str, str]:
    """Key by key; an empty value removes its key, an empty group removes all."""
    if name not in params:
        return current
    if params.cleared(name):
        return {}
    given = params.child(name)
    result = dict(current)
    for key in given or ():
        _check_entry(params.label(name), key, given.values[key] if given else "")
        if given is not None and given.cleared(key):
            result.pop(key, None)
        elif given is not None:
            result[key] = given.values[key]
    if len(result) > MOST_KEYS:
        message = f"Metadata may hold at most {MOST_KEYS} keys; this would make {len(result)}."
        raise invalid(message, param=params.label(name))
    return result


def _check_entry(label: str, key: str, value: Any) -> None:
    param = f"{label}[{key}]"
    if not isinstance(value, str):
        raise invalid("Metadata values must be text.", code="parameter_invalid_string", param=param)
    if len(key) > LONGEST_KEY:
        message = f"Metadata keys hold at most {LONGEST_KEY} characters; {key} has {len(key)}."
        raise invalid(message, param=label)
    if len(value) > LONGEST_VALUE:
        message = f"Metadata values hold at most {LONGEST_VALUE} characters; this one has {len(value)}."
        raise invalid(message, param=param)


def texts(record: Record, params: Params, *names: str) -> None:
    """Copy plain text fields; an empty text unsets."""
    for name in names:
        if name in params:
            record[name] = params.text(name)


def address(params: Params | None, *, fallback: Record | None = None) -> Record | None:
    if params is None:
        return fallback
    params.only(ADDRESS)
    country = params.text("country")
    if country and (len(country) != 2 or not country.isalpha()):
        message = f"Country '{country}' is unknown. Use a two-letter ISO code."
        raise invalid(message, code="country_unsupported", param=params.label("country"))
    return {name: params.text(name) for name in ADDRESS}


def shipping(params: Params | None) -> Record | None:
    if params is None:
        return None
    result: Record = {"address": address(params.child("address")), "name": params.need_text("name")}
    for name in ("carrier", "phone", "tracking_number"):
        result[name] = params.text(name)
    return result


def previous(before: Any, after: Any) -> dict[str, Any]:
    """The former values of what is different now, as `previous_attributes` shows them."""
    result: dict[str, Any] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new or name.startswith("_"):
            continue
        if isinstance(old, dict) and isinstance(new, dict) and old.get("object") != "list":
            result[name] = previous(old, new)
        else:
            result[name] = old
    return dict(sorted(result.items()))

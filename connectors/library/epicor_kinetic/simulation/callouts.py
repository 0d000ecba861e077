"""BPM call-outs: who asked to be told of which events, what is sent, and how it is signed.

On a real server a customer builds these in a BPM directive; here they are registered through `Ice.BO.BpmCalloutSvc`,
which exists in the simulator only. Business rules announce, the host delivers after commit.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Any

from connectors.library.epicor_kinetic.simulation.desk import Desk
from connectors.library.epicor_kinetic.simulation.problems import business, not_found, odata
from connectors.library.epicor_kinetic.simulation.tables import COMPANY, TABLES
from connectors.library.epicor_kinetic.simulation.values import Row, shown, to_json
from connectors.sdk.signatures import SignatureSpec, sign
from connectors.sdk.simulator import Delivery

ENDPOINTS = "webhook_endpoints"
_UNSHOWN = frozenset({"SysRevID", "RowMod", "DepositBal", "DocDepositBal"})
_PLACE = re.compile(r"\{(\w+)\}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")


def announce(desk: Desk, event: str, table: str, row: Row, old: Row | None = None) -> None:
    """Tell everybody who asked for this event."""
    endpoints = [each for each in desk.store.list(ENDPOINTS) if _wants(each, event)]
    if not endpoints:
        return
    event_id = f"bpm-{desk.store.token(20)}"
    facts = _facts(desk, table, row)
    envelope = {
        "event": event,
        "event_id": event_id,
        "company": COMPANY,
        "occurred_at": desk.now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "user": desk.user,
        "table": table,
        "record": facts,
        "changed": sorted(name for name in facts if old is not None and old.get(name) != row.get(name)),
    }
    for endpoint in endpoints:
        payload = envelope if endpoint["Template"] is None else _filled(endpoint["Template"], {**facts, **envelope})
        signing = {name: endpoint[name] for name in ("Secret", "Signature", "Header")}
        headers = {"Content-Type": "application/json", "User-Agent": "Epicor-BPM-Callout"}
        desk.store.deliver(Delivery(endpoint["Url"], to_json(payload), headers, event_id, signing))


def signed(delivery: Delivery, now: float) -> dict[str, str]:
    kind = delivery.signing["Signature"]
    prefix = "sha256=" if kind == "hmac" else ""
    spec = SignatureSpec(kind=kind, header=delivery.signing["Header"], secret="webhook_secret", prefix=prefix)
    return sign(spec, delivery.signing["Secret"], delivery.body, now)


def register(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    url, events = body.get("Url"), body.get("Events")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or len(url) > 2000:
        raise business("Url must be an address that begins with http:// or https://.", "Callout", "Url")
    if not isinstance(events, list) or not events or not all(isinstance(event, str) for event in events):
        raise business("Events must be a list of names such as customer.updated, or ['*'].", "Callout", "Events")
    kind = body.get("Signature", "shared_secret")
    if kind not in ("shared_secret", "hmac"):
        raise business("Signature must be shared_secret or hmac.", "Callout", "Signature")
    header = body.get("Header") or ("X-Ipaas-Secret" if kind == "shared_secret" else "X-Ipaas-Signature")
    if not isinstance(header, str) or not _HEADER.fullmatch(header):
        raise business("Header must be the name of a header.", "Callout", "Header")
    given = body.get("Secret")
    if given is not None and (not isinstance(given, str) or not re.fullmatch(r"[\x21-\x7e]{8,200}", given)):
        raise business("Secret must have 8 to 200 printable characters.", "Callout", "Secret")
    callout = {
        "id": f"CO{desk.store.next_number('CalloutID')}",
        "Url": url,
        "Events": events,
        "Secret": given or desk.store.token(32),
        "Signature": kind,
        "Header": header,
        "Template": body.get("Template"),
    }
    desk.store.put(ENDPOINTS, callout["id"], callout, {})
    return _public(callout)


def listed(desk: Desk) -> list[dict[str, Any]]:
    return [{**_public(callout), "Secret": "(hidden)"} for callout in desk.store.list(ENDPOINTS)]


def unregister(desk: Desk, callout_id: str) -> None:
    if desk.store.get(ENDPOINTS, callout_id) is None:
        raise not_found(f"The call-out {callout_id[:40]} was not found.")
    desk.store.delete(ENDPOINTS, callout_id)


def switches(desk: Desk) -> dict[str, Any]:
    return desk.store.get("switches", "switches") or {"id": "switches", "heavy_reads_fail": False}


def switch(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(body.get("heavy_reads_fail"), bool):
        raise odata("heavy_reads_fail must be true or false.")
    state = {"id": "switches", "heavy_reads_fail": body["heavy_reads_fail"]}
    desk.store.put("switches", "switches", state, {})
    return state


def lapse_at(desk: Desk, seconds: float) -> str:
    return (desk.now + timedelta(seconds=seconds)).astimezone(UTC).isoformat()


def _wants(endpoint: dict[str, Any], event: str) -> bool:
    return any(wanted in ("*", event) for wanted in endpoint["Events"])


def _public(callout: dict[str, Any]) -> dict[str, Any]:
    shown_parts = {name: value for name, value in callout.items() if name != "id"}
    return {"CalloutID": callout["id"], **shown_parts}


def _facts(desk: Desk, table: str, row: Row) -> dict[str, Any]:
    """The columns that say something."""
    kinds = TABLES[table].columns
    told = {name: value for name, value in row.items() if name not in _UNSHOWN and (value or name in kinds)}
    return {name: shown(value, kinds.get(name), desk.version) for name, value in told.items()}


def _filled(template: Any, facts: dict[str, Any]) -> Any:
    """A template's texts with {Column} replaced; a text that is one place alone gives the value itself."""
    if isinstance(template, dict):
        return {name: _filled(value, facts) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, facts) for value in template]
    if not isinstance(template, str):
        return template
    whole = _PLACE.fullmatch(template)
    if whole:
        return facts.get(whole[1])
    return _PLACE.sub(lambda match: str(facts.get(match[1], "")), template)

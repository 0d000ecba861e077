"""What is not of one business thing: the company, free reads and calls, and the call-outs of the simulated server.

Called through `operations.py`. Free calls are checked for their names only; what they change is the author's to know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.library.epicor_kinetic.calling.erp import Erp
from connectors.library.epicor_kinetic.calling.values import told
from connectors.sdk.errors import Rejected
from connectors.sdk.http import Http

_CALLOUTS = "Ice.BO.BpmCalloutSvc"
_SERVICE = re.compile(r"[A-Za-z]+(?:\.[A-Za-z0-9]+)+", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


async def get_company(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    rows = await erp.query("Erp.BO.CompanySvc", "Companies", {"$top": 100})
    row = next((row for row in rows if erp.company in (row.get("Company1"), row.get("Company"))), None)
    if row is None:
        raise Rejected(f"The user does not see company {erp.company}.", code="company_unknown", field="company")
    return {"Company": erp.company, **told(row, ("Name", "City", "State", "Country", "CurrencyCode"))}


async def odata_query(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    options = {f"${name}": inputs[name] for name in ("filter", "select", "expand", "orderby") if inputs.get(name)}
    service, entity_set = (
        _checked(inputs["service"], _SERVICE, "service"),
        _checked(inputs["entity_set"], _NAME, "entity_set"),
    )
    rows, more = await Erp(http).pages(service, entity_set, options, int(inputs.get("max_items", 1000)))
    return {"items": rows, "has_more": more}


async def call_method(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    service, method = _checked(inputs["service"], _SERVICE, "service"), _checked(inputs["method"], _NAME, "method")
    answer = await Erp(http).write(service, method, inputs.get("parameters") or {})
    return {"returnObj": answer.get("returnObj"), "parameters": answer.get("parameters")}


async def register_callout(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Replace whatever call-outs go to this address, so that doing it twice leaves one."""
    erp = Erp(http)
    await _remove(erp, inputs["url"])
    kind = http.config.get("callout_signature") or "shared_secret"
    wanted = {"Url": inputs["url"], "Events": inputs["events"], "Signature": kind}
    made = await erp.send("POST", _CALLOUTS, "Callouts", wanted)
    return {"id": made["CalloutID"], "url": made["Url"], "events": made["Events"], "secret": made["Secret"]}


async def unregister_callout(http: Http, inputs: Mapping[str, Any]) -> dict[str, Any]:
    erp = Erp(http)
    there = [each["CalloutID"] for each in (await erp.send("GET", _CALLOUTS, "Callouts"))["value"]]
    if inputs["id"] in there:
        await erp.send("DELETE", _CALLOUTS, f"Callouts('{inputs['id']}')")
    return {"id": inputs["id"], "removed": inputs["id"] in there}


async def _remove(erp: Erp, url: str) -> None:
    for each in (await erp.send("GET", _CALLOUTS, "Callouts"))["value"]:
        if each["Url"] == url:
            await erp.send("DELETE", _CALLOUTS, f"Callouts('{each['CalloutID']}')")


def _checked(text: str, pattern: re.Pattern[str], field: str) -> str:
    if not pattern.fullmatch(text):
        raise Rejected(f"{text[:80]!r} is no name of a {field}.", code="name_invalid", field=field)
    return text

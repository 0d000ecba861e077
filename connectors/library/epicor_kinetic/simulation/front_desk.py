"""The front desk: takes a request apart, lets it in, sends it to the service, and puts the answer together.

Every request works on a draft that is kept only when the answer is a success. Bad input ends in Epicor's error body.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import orjson

from connectors.library.epicor_kinetic.simulation import callouts, metadata
from connectors.library.epicor_kinetic.simulation.desk import Desk
from connectors.library.epicor_kinetic.simulation.draft import Draft
from connectors.library.epicor_kinetic.simulation.gatekeeper import Place, let_in, session_call, token_login
from connectors.library.epicor_kinetic.simulation.methods import READING, call
from connectors.library.epicor_kinetic.simulation.posting import settle_due
from connectors.library.epicor_kinetic.simulation.problems import (
    EpicorProblem,
    no_such_api,
    not_found,
    odata,
    unexpected,
)
from connectors.library.epicor_kinetic.simulation.queries import (
    Query,
    collection,
    entity,
    reachable,
    read_key,
    read_query,
    rows_of,
)
from connectors.library.epicor_kinetic.simulation.tables import CHILDREN, HEAVY, SERVICES, Table, served_table
from connectors.library.epicor_kinetic.simulation.values import Row, to_json
from connectors.library.epicor_kinetic.simulation.writing import delete, insert, update
from connectors.sdk.simulator import SimRequest, SimResponse, Store

_V1 = re.compile(r"/api/v1/([^/]+)(?:/(.*))?", re.DOTALL)
_V2 = re.compile(r"/api/v2/odata/([^/]+)/([^/]+)(?:/(.*))?", re.DOTALL)
_NAME = re.compile(r"\$?[A-Za-z][A-Za-z0-9_]*", re.ASCII)
CALLOUTS = "Ice.BO.BpmCalloutSvc"
_ALIASES = {("Erp.BO.CashReceiptSvc", "CashReceipts"): ("Erp.BO.CashRecSvc", "CashRecs")}
_MOST_DIGITS = 18
_SESSIONS = ("Ice.LIB.SessionModSvc", "Ice.LibSvc.SessionModSvc")


def answer_request(store: Store, request: SimRequest) -> SimResponse:
    settling = Draft(store)
    settle_due(Desk(settling))
    settling.commit()
    draft = Draft(store)
    try:
        response = _answer(Desk(draft), request)
    except EpicorProblem as problem:
        return SimResponse.json(problem.status, problem.body(store.token(16)))
    draft.commit()
    return response


def _answer(desk: Desk, request: SimRequest) -> SimResponse:
    if "\x00" in request.path or any("\x00" in name + value for name, value in request.query):
        raise odata("The address holds characters that cannot be stored.")
    if request.path.rstrip("/").casefold() == "/tokenresource.svc":
        return token_login(desk, request)
    place, alias = _aliased(_place(request.path))
    desk.version = place.version
    let_in(desk, request, place)
    response = _served(desk, request, place)
    if place.version == 2:
        response.headers.setdefault("OData-Version", "4.0")
    if alias:
        response.headers["X-Simulator-Alias"] = alias
    return response


def _place(path: str) -> Place:
    if match := _V2.fullmatch(path):
        return Place(2, match[1], match[2], match[3] or "")
    if match := _V1.fullmatch(path):
        return Place(1, None, match[1], match[2] or "")
    raise no_such_api(f"The address {path[:200]}")


def _aliased(place: Place) -> tuple[Place, str]:
    name = _NAME.match(place.rest)
    real = _ALIASES.get((place.service, name[0] if name else ""))
    if real is None:
        return place, ""
    rest = real[1] + place.rest[len(name[0]) if name else 0 :]
    return Place(place.version, place.company, real[0], rest), f"{place.service} is served by {real[0]}/{real[1]}"


def _served(desk: Desk, request: SimRequest, place: Place) -> SimResponse:
    if place.service == CALLOUTS:
        return _callouts(desk, request, place.rest)
    if place.service not in SERVICES:
        raise no_such_api(f"The service {place.service[:100]}")
    context = _context(request, place)
    if place.rest in ("", "$metadata"):
        if request.method != "GET":
            raise _not_allowed(request)
        if place.rest:
            return SimResponse(200, metadata.edmx(place.service), {"Content-Type": "application/xml"})
        return SimResponse.json(200, metadata.service_document(place.service, context))
    name, key, below = _taken_apart(place.rest)
    table = served_table(place.service, name)
    if table is None:
        return _method(desk, request, place, name, plain=key is None and not below)
    if key is None:
        if below:
            raise odata(f"The address after {name} cannot be read.")
        return _set(desk, request, place, table, context)
    return _record(desk, request, table, key, below)


def _taken_apart(rest: str) -> tuple[str, str | None, str]:
    """`Customers('EPIC06',1)/ShipToes` as name, key text and what follows."""
    match = _NAME.match(rest)
    if match is None:
        raise odata(f"The address '{rest[:60]}' cannot be read.")
    name, at = match[0], match.end()
    key = None
    if rest[at : at + 1] == "(":
        quoted, end = False, at + 1
        while end < len(rest) and (quoted or rest[end] != ")"):
            quoted ^= rest[end] == "'"
            end += 1
        if end >= len(rest):
            raise odata(f"The key of '{name}' is not closed.")
        key, at = rest[at + 1 : end], end + 1
    tail = rest[at:].rstrip("/")
    if tail and not tail.startswith("/"):
        raise odata(f"The address '{rest[:60]}' cannot be read.")
    return name, key, tail[1:]


def _method(desk: Desk, request: SimRequest, place: Place, name: str, *, plain: bool) -> SimResponse:
    if not plain:
        raise no_such_api(f"The resource {place.service}/{name[:60]}")
    if request.method == "GET" and name in READING:
        parameters: dict[str, Any] = {key: value for key, value in request.query if not key.startswith("$")}
    elif request.method == "POST":
        parameters = body_of(request)
    else:
        raise (
            no_such_api(f"The resource {place.service}/{name[:60]}")
            if request.method == "GET"
            else _not_allowed(request)
        )
    if place.service in _SESSIONS and (found := session_call(desk, name)) is not None:
        return SimResponse.json(200, found)
    return SimResponse(200, to_json(call(desk, place.service, name, parameters)), {"Content-Type": "application/json"})


def _set(desk: Desk, request: SimRequest, place: Place, table: Table, context: str) -> SimResponse:
    if request.method == "POST":
        row = insert(desk, table, body_of(request), strict=True)
        nested = tuple((child, ()) for child in CHILDREN[table.name] if table.name != "CashGrp")
        made = entity(desk.book, table, row, Query(expand=nested), place.version)
        return SimResponse(201, to_json(made), {"Content-Type": "application/json"})
    if request.method != "GET":
        raise _not_allowed(request)
    if place.service in HEAVY and callouts.switches(desk)["heavy_reads_fail"]:
        raise unexpected()
    query = read_query(request.query, table)
    rows, total = rows_of(desk.book, table, query)
    shown = [entity(desk.book, table, row, query, place.version) for row in rows]
    found = collection(context, table, shown, total if query.count else None, place.version)
    return SimResponse(200, to_json(found), {"Content-Type": "application/json"})


def _record(desk: Desk, request: SimRequest, table: Table, key: str, below: str) -> SimResponse:
    row = desk.book.get(table.name, *read_key(key, table))
    if row is None:
        raise not_found()
    if below:
        return _children(desk, request, table, row, below)
    if request.method == "GET":
        made = entity(desk.book, table, row, read_query(request.query, table), desk.version)
        return SimResponse(200, to_json(made), {"Content-Type": "application/json"})
    if request.method in ("PATCH", "PUT"):
        update(desk, table, row, body_of(request), strict=True)
        return SimResponse(204)
    if request.method == "DELETE":
        delete(desk, table, row)
        return SimResponse(204)
    raise _not_allowed(request)


def _children(desk: Desk, request: SimRequest, table: Table, row: Row, below: str) -> SimResponse:
    child = next((child for child in reachable(table) if child.entity_set == below), None)
    if child is None:
        raise no_such_api(f"The resource {table.entity_set}/{below[:60]}")
    if request.method != "GET":
        raise _not_allowed(request)
    query = read_query(request.query, child)
    rows = [each for each in desk.book.children(child.name, row) if not query.condition or query.condition.passes(each)]
    page = [entity(desk.book, child, each, query, desk.version) for each in rows[query.skip : query.skip + query.top]]
    found = collection(request.base_url, child, page, len(rows) if query.count else None, desk.version)
    return SimResponse(200, to_json(found), {"Content-Type": "application/json"})


def _callouts(desk: Desk, request: SimRequest, rest: str) -> SimResponse:
    name, key, below = _taken_apart(rest) if rest else ("", None, "")
    if name not in ("Callouts", "Switches") or below:
        raise no_such_api(f"The resource {CALLOUTS}/{rest[:60]}")
    if request.method == "POST" and key is None:
        body = body_of(request)
        if name == "Callouts":
            return SimResponse(201, to_json(callouts.register(desk, body)), {"Content-Type": "application/json"})
        return SimResponse.json(200, callouts.switch(desk, body))
    if request.method == "GET" and key is None:
        value = callouts.listed(desk) if name == "Callouts" else callouts.switches(desk)
        return SimResponse(200, to_json({"value": value}), {"Content-Type": "application/json"})
    if request.method == "DELETE" and name == "Callouts" and key is not None:
        callouts.unregister(desk, key.strip("'"))
        return SimResponse(204)
    raise _not_allowed(request)


def body_of(request: SimRequest) -> dict[str, Any]:
    """The JSON object of the body, with exact decimals."""
    try:
        # The first reading refuses what JSON cannot hold (half characters, endless numbers), the second keeps decimals.
        orjson.loads(request.body or b"{}")
        body = json.loads(request.body or b"{}", parse_float=_exact, parse_int=_whole)
    except (ValueError, RecursionError):
        raise odata("Unable to deserialize the body: it is not valid JSON.") from None
    if b"\\u0000" in request.body:
        raise odata("Unable to deserialize the body: it holds characters that cannot be stored.")
    if not isinstance(body, dict):
        raise odata("Unable to deserialize the body: an object is expected.")
    return body


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(text)
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(text)
    return int(text)


def _context(request: SimRequest, place: Place) -> str:
    middle = "api/v1" if place.version == 1 else f"api/v2/odata/{place.company}"
    return f"{request.base_url}/{middle}/{place.service}"


def _not_allowed(request: SimRequest) -> EpicorProblem:
    return EpicorProblem(405, "System.Web.HttpException", f"The method {request.method[:20]} is not allowed here.")

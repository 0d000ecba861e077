"""Who may come in: user and password or token, the API key of version 2 and its scope, the session, the company.

Each refusal is one of its own, so that a caller can tell a wrong password from a missing key. All secrets are fake.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.library.epicor_kinetic.simulation.callouts import lapse_at
from connectors.library.epicor_kinetic.simulation.desk import Desk
from connectors.library.epicor_kinetic.simulation.methods import READING
from connectors.library.epicor_kinetic.simulation.problems import EpicorProblem, odata
from connectors.library.epicor_kinetic.simulation.tables import COMPANY
from connectors.sdk.simulator import SimRequest, SimResponse

USER, PASSWORD = "ipaas", "Sandbox-Kinetic-2026"
API_KEY, READ_KEY = "sandbox-kinetic-key-all-services", "sandbox-kinetic-key-reading-only"
WEBHOOK_SECRET = "sandbox-kinetic-callout-secret"
TOKEN_SECONDS, SESSION_SECONDS = 3600, 1800


@dataclass(frozen=True)
class Place:
    """Where a request goes: the version of the API, the company of the path, the service, and what follows it."""

    version: int
    company: str | None
    service: str
    rest: str


def refused(status: int, message: str) -> EpicorProblem:
    kinds = {401: "System.UnauthorizedAccessException", 403: "System.UnauthorizedAccessException",
             410: "Ice.Common.InvalidSessionException"}  # fmt: skip
    return EpicorProblem(status, kinds[status], message)


def let_in(desk: Desk, request: SimRequest, place: Place) -> None:
    _check_login(desk, request)
    if place.version == 2:
        _check_key(request, place)
    _check_session(desk, request)
    _check_company(desk, request, place)


def token_login(desk: Desk, request: SimRequest) -> SimResponse:
    """TokenResource.svc: user and password in headers, a token for an hour."""
    if request.method != "POST":
        raise EpicorProblem(405, "System.Web.HttpException", "The token resource takes POST only.")
    if (request.header("username").casefold(), request.header("password")) != (USER, PASSWORD):
        raise refused(401, "Invalid username or password.")
    token = desk.store.token(40)
    kept = {"id": token, "expires_at": lapse_at(desk, TOKEN_SECONDS)}
    desk.store.put("tokens", token, kept, {})
    return SimResponse.json(200, {"AccessToken": token, "ExpiresIn": TOKEN_SECONDS, "TokenType": "Bearer"})


def session_call(desk: Desk, name: str) -> dict[str, Any] | None:
    """SessionModSvc Login and Logout; None for other methods."""
    if name == "Login":
        number = desk.store.token(32)
        desk.store.put("sessions", number, {"id": number, "expires_at": lapse_at(desk, SESSION_SECONDS)}, {})
        return {"returnObj": number}
    if name in ("Logout", "KeepAlive"):
        return {"returnObj": True}
    return None


def _check_login(desk: Desk, request: SimRequest) -> None:
    scheme, _, given = request.header("authorization").partition(" ")
    if scheme.lower() == "basic" and _is_user(given.strip()):
        return
    if scheme.lower() == "bearer":
        token = desk.store.get("tokens", given.strip()[:100]) if given.strip() else None
        if token is None:
            raise refused(401, "The token is not valid.")
        if datetime.fromisoformat(token["expires_at"]) <= desk.now.astimezone(UTC):
            raise refused(401, "The token has expired.")
        return
    raise refused(401, "Invalid username or password." if scheme else "Authorization is missing.")


def _is_user(encoded: str) -> bool:
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    return user.casefold() == USER and password == PASSWORD


def _check_key(request: SimRequest, place: Place) -> None:
    key = request.header("x-api-key") or request.param("api-key") or ""
    if not key:
        raise refused(401, "The API key is missing: version 2 needs the header x-api-key.")
    if key == READ_KEY:
        name = place.rest.partition("(")[0]
        if request.method != "GET" and name not in READING:
            raise refused(403, f"The access scope of the API key does not allow {place.service}/{name}.")
    elif key != API_KEY:
        raise refused(401, "The API key is not valid.")


def _check_session(desk: Desk, request: SimRequest) -> None:
    header = request.header("sessioninfo")
    if not header:
        return
    number = _json_header("SessionInfo", header).get("SessionID")
    session = desk.store.get("sessions", number[:100]) if isinstance(number, str) and number.isalnum() else None
    if session is None or datetime.fromisoformat(session["expires_at"]) <= desk.now.astimezone(UTC):
        raise refused(410, "The session is not valid any more. Sign in again.")


def _check_company(desk: Desk, request: SimRequest, place: Place) -> None:
    header = request.header("callsettings")
    settings = _json_header("CallSettings", header) if header else {}
    company = place.company or request.param("company") or settings.get("Company") or COMPANY
    if str(company).casefold() != COMPANY.casefold():
        raise refused(403, f"The user is not authorised for company '{str(company)[:20]}'.")
    plant = settings.get("Plant")
    if plant:
        if not isinstance(plant, str) or desk.book.get("Plant", plant) is None:
            raise odata(f"Plant '{str(plant)[:20]}' of the CallSettings header does not exist.")
        desk.plant = plant


def _json_header(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise odata(f"The header {name} must be a JSON object.")
    return value

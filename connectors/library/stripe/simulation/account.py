"""The account, its webhook endpoints and its log of events.

The signing secret of an endpoint is shown once, when it is made. Events older than thirty days are gone.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from connectors.library.stripe.simulation import changes, events
from connectors.library.stripe.simulation.desk import ACCOUNT_ID, DEFAULT_VERSION, Desk
from connectors.library.stripe.simulation.listing import in_time, listed
from connectors.library.stripe.simulation.problems import invalid, missing, no_such
from connectors.library.stripe.simulation.records import Record
from connectors.library.stripe.simulation.routes import route
from connectors.library.stripe.simulation.shapes import blank
from connectors.library.stripe.simulation.versions import checked

ENDPOINTS = "/v1/webhook_endpoints"
EVENTS = "/v1/events"
EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
MOST_ENDPOINTS = 16


@route("GET", "/v1/account")
def retrieve(desk: Desk) -> Record:
    return desk.need("account", "account", ACCOUNT_ID)


@route("GET", "/v1/accounts/{id}")
def retrieve_by_id(desk: Desk) -> Record:
    return desk.need("account", "account")


@route("POST", ENDPOINTS)
def create_endpoint(desk: Desk) -> Record:
    params = desk.params
    if len(desk.records.all("webhook_endpoints")) >= MOST_ENDPOINTS:
        raise invalid(f"An account may have at most {MOST_ENDPOINTS} test webhook endpoints. Delete one first.")
    endpoint = blank("webhook_endpoint")
    endpoint.update(id=desk.new_id("we"), created=desk.now, url=_url(desk), enabled_events=_names(desk))
    endpoint["description"] = params.text("description")
    endpoint["metadata"] = changes.merged_metadata({}, params)
    version = params.text("api_version")
    endpoint["api_version"] = checked(version) if version else None
    endpoint["_secret"] = f"whsec_{desk.new_id('x', 32)[2:]}"
    desk.save("webhook_endpoints", endpoint)
    return endpoint | {"secret": endpoint["_secret"]}


def _url(desk: Desk) -> str:
    text = desk.params.need_text("url")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("Invalid URL: an absolute http or https address is needed.", code="url_invalid", param="url")
    return text


def _names(desk: Desk) -> list[str]:
    names = desk.params.strings("enabled_events")
    if not names:
        raise missing("enabled_events")
    for place, name in enumerate(names):
        if name != "*" and not EVENT_NAME.fullmatch(name):
            message = f"Invalid enabled_events[{place}]: {name[:60]} is not a kind of event."
            raise invalid(message, param=f"enabled_events[{place}]")
    return names


@route("GET", ENDPOINTS + "/{id}")
def retrieve_endpoint(desk: Desk) -> Record:
    return desk.need("webhook_endpoints", "webhook endpoint")


@route("POST", ENDPOINTS + "/{id}")
def update_endpoint(desk: Desk) -> Record:
    endpoint, params = desk.need("webhook_endpoints", "webhook endpoint"), desk.params
    if "url" in params:
        endpoint["url"] = _url(desk)
    if "enabled_events" in params:
        endpoint["enabled_events"] = _names(desk)
    changes.texts(endpoint, params, "description")
    endpoint["metadata"] = changes.merged_metadata(endpoint["metadata"], params)
    disabled = params.boolean("disabled")
    if disabled is not None:
        endpoint["status"] = "disabled" if disabled else "enabled"
    return desk.save("webhook_endpoints", endpoint)


@route("DELETE", ENDPOINTS + "/{id}")
def delete_endpoint(desk: Desk) -> Record:
    endpoint = desk.need("webhook_endpoints", "webhook endpoint")
    desk.records.remove("webhook_endpoints", endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


@route("GET", ENDPOINTS)
def list_endpoints(desk: Desk) -> Record:
    rows = desk.records.all("webhook_endpoints", newest_first=True)
    return listed(desk, rows, ENDPOINTS, noun="webhook endpoint")


@route("GET", EVENTS + "/{id}")
def retrieve_event(desk: Desk) -> Record:
    event = desk.need("events", "event")
    if event["created"] < desk.now - events.KEPT_SECONDS:
        raise no_such("event", event["id"])
    return events.shown(desk, event, DEFAULT_VERSION)


@route("GET", EVENTS)
def list_events(desk: Desk) -> Record:
    params = desk.params
    oldest = desk.now - events.KEPT_SECONDS
    rows = [row for row in desk.records.all("events", newest_first=True) if row["created"] >= oldest]
    kind, kinds = params.text("type"), params.strings("types")
    if kind and kinds:
        raise invalid("You may only specify one of these parameters: type, types.", param="type")
    if kind:
        rows = [row for row in rows if fnmatchcase(row["type"], kind)]
    if kinds:
        rows = [row for row in rows if row["type"] in kinds]
    return listed(desk, in_time(desk, rows), EVENTS, noun="event")

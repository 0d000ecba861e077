"""The trigger node: a version's way in.

Settled by the fact `run_admitted`, so it never runs; its output is the event's body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.context import CompileContext, Scope
from flows.engine.nodes.spec import NodeSpec, one_port, params_of
from flows.engine.outcomes import Done, Outcome, Tables

SPEC = NodeSpec(
    kind="trigger",
    title="Trigger",
    description="Starts a run when something happens outside, at a time, or by hand.",
    icon="trigger",
    ports=one_port,
    params_schema=params_of(
        {
            "type": {
                "title": "Starts by",
                "enum": ["webhook", "schedule", "manual"],
                "description": "A message from a system, a clock, or a person.",
            },
            "connection": {"type": "string", "title": "Connection", "format": "connection", "maxLength": 63},
            "event": {
                "title": "Event",
                "description": "One event or several; without any, every event starts a run.",
                "format": "event",
                "type": ["string", "array"],
                "maxLength": 200,
                "items": {"type": "string", "maxLength": 200},
                "maxItems": 100,
            },
            "cron": {"type": "string", "title": "Times", "description": "Cron text: 0 7 * * 1-5", "maxLength": 200},
            "time_zone": {"type": "string", "title": "Time zone", "format": "time-zone", "maxLength": 60},
        },
        ["type"],
    ),
    shape="start",
    can_fail=False,
)


def compile(params: Mapping[str, Any], ctx: CompileContext) -> None:
    """Check that the connection, its events, and the time zone exist."""
    kind, alias = params.get("type"), params.get("connection")
    if kind == "schedule":
        if not params.get("cron"):
            ctx.problem("required", "/params/cron", "A schedule needs its times.", "For example 0 7 * * 1-5.")
        if isinstance(params.get("time_zone"), str):
            check_time_zone(params["time_zone"], "/params/time_zone", ctx)
    if kind == "webhook" and not alias:
        ctx.problem("required", "/params/connection", "A webhook needs the connection it belongs to.", "Choose one.")
    connector = None if alias is None else connector_of(str(alias), ctx)
    if connector is None:
        return
    event = params.get("event")
    for index, name in enumerate(event if isinstance(event, list) else () if event is None else (event,)):
        if ctx.catalog.event(connector, name) is None:
            path = f"/params/event/{index}" if isinstance(event, list) else "/params/event"
            ctx.problem("unknown_event", path, f"{connector} has no event '{name}'.", "Choose one of its events.")


def check_time_zone(name: str, path: str, ctx: CompileContext) -> None:
    """A problem when there is no such time zone."""
    from flows.engine.dates import zone
    from flows.engine.errors import ExpressionRefused

    try:
        zone(name)
    except ExpressionRefused as refused:
        ctx.problem(refused.code, path, refused.message, refused.hint)


def connector_of(alias: str, ctx: CompileContext) -> str | None:
    """The connector behind an alias; a problem when the alias or the connector is unknown."""
    connector = ctx.connections.get(alias)
    if connector is None:
        ctx.problem(
            "unknown_connection",
            "/params/connection",
            f"The flow has no connection '{alias}'.",
            "Add it under connections, or choose another.",
        )
        return None
    return connector if connector in ctx.catalog.connectors() else None


def run(params: None, scope: Scope, tables: Tables) -> Outcome:
    """The event's body; only asked for in previews, since `run_admitted` settles the trigger."""
    return Done(scope["trigger"].get("body"))

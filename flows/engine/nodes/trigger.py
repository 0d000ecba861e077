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
                "enum": ["webhook", "schedule", "poll", "manual"],
                "description": "A message from a system, a clock, looking for news, or a person.",
            },
            "connection": {"type": "string", "title": "Connection", "format": "connection", "maxLength": 63},
            "event": {"type": "string", "title": "Event", "format": "event", "maxLength": 200},
            "cron": {"type": "string", "title": "Times", "description": "Cron text: 0 7 * * 1-5", "maxLength": 200},
            "time_zone": {"type": "string", "title": "Time zone", "format": "time-zone", "maxLength": 60},
            "operation": {"type": "string", "title": "Look with", "format": "operation", "maxLength": 200},
            "input": {"title": "Input of the operation"},
            "every_seconds": {"type": "integer", "title": "Look every (seconds)", "minimum": 10, "maximum": 86400},
            "items": {"type": "string", "title": "Where the news are in the answer", "maxLength": 500},
            "event_id": {"type": "string", "title": "What makes one of them unique", "maxLength": 500},
        },
        ["type"],
    ),
    shape="start",
    can_fail=False,
)


def compile(params: Mapping[str, Any], ctx: CompileContext) -> None:
    """Check that connection, event and operation exist."""
    kind, alias = params.get("type"), params.get("connection")
    for name in {"schedule": ("cron",), "poll": ("connection", "operation")}.get(str(kind), ()):
        if not params.get(name):
            ctx.problem("required", f"/params/{name}", f"A {kind} trigger needs '{name}'.")
    if kind == "schedule" and isinstance(params.get("time_zone"), str):
        check_time_zone(params["time_zone"], "/params/time_zone", ctx)
    if alias is None:
        return
    connector = connector_of(str(alias), ctx)
    event, operation = params.get("event"), params.get("operation")
    if connector and isinstance(event, str) and ctx.catalog.event(connector, event) is None:
        ctx.problem(
            "unknown_event", "/params/event", f"{connector} has no event '{event}'.", "Choose one of its events."
        )
    if connector and isinstance(operation, str) and ctx.catalog.operation(connector, operation) is None:
        ctx.problem("unknown_operation", "/params/operation", f"{connector} has no operation '{operation}'.")


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

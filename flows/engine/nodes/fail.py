"""The fail node: ends the run as failed with the author's own words.

For situations the flow's author foresaw and a person must look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.context import CompileContext, Scope, Template
from flows.engine.errors import REJECTED, error
from flows.engine.nodes.spec import NodeSpec, params_of
from flows.engine.outcomes import Fail, Outcome, Tables
from flows.engine.values import text_of


def no_ports(params: Mapping[str, Any]) -> tuple[str, ...]:
    """It has no way out."""
    return ()


SPEC = NodeSpec(
    kind="fail",
    title="Fail",
    description="Ends the run as failed, with a message for a person.",
    icon="fail",
    ports=no_ports,
    params_schema=params_of(
        {
            "message": {"type": "string", "title": "Message", "format": "template", "minLength": 1},
            "code": {
                "type": "string",
                "title": "Code",
                "pattern": "^[a-z][a-z0-9_]{0,62}$",
                "default": "failed_by_flow",
            },
        },
        ["message"],
    ),
    shape="end",
    can_fail=False,
)


def compile(params: Mapping[str, Any], ctx: CompileContext) -> tuple[Template, str]:
    """Compile the message."""
    return ctx.template(params.get("message"), "/params/message"), str(params.get("code", "failed_by_flow"))


def run(params: tuple[Template, str], scope: Scope, tables: Tables) -> Outcome:
    """The failure."""
    message, code = params
    return Fail(error(REJECTED, code, text_of(message(scope))))

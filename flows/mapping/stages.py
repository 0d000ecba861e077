"""What one rule made of its source, transform by transform.

Called by the API that explains where a value of a run came from. Uses the compiled rule itself, so the stages are those
of the run; pure.
"""

from __future__ import annotations

from typing import Any

from flows.engine.context import Scope
from flows.engine.errors import PYTHON_FAILURES, StepFailed, from_python
from flows.engine.outcomes import Tables
from flows.engine.values import to_json
from flows.mapping.rules import Rule


def stages_of(rule: Rule, scope: Scope, tables: Tables) -> dict[str, Any]:
    """The rule's way from source to target.

    Shapes:
        `read` the value before any transform; `stages` a list of `fn`, `title` and the `value` after it; `value` what
        the target gets, after the default; `skipped` when the rule's condition did not hold; `error` where it failed.
    """
    stages: list[dict[str, Any]] = []
    told: dict[str, Any] = {"read": None, "stages": stages, "value": None, "skipped": False, "error": None}

    try:
        if rule.when is not None and not rule.when(scope):
            return {**told, "skipped": True}
        value = rule.read(scope)
        told["read"] = to_json(value)
        depth = rule.depth if rule.depth is not None else int(rule.levels > 0 and isinstance(value, list))
        for call, level in rule.chains[depth].calls:
            value = call.apply(value, level, scope, tables)
            stages.append({"fn": call.transform.fn, "title": call.transform.title, "value": to_json(value)})
        told["value"] = to_json(rule.value(scope, tables)[0])
    except StepFailed as failure:
        told["error"] = failure.error
    except PYTHON_FAILURES as failure:
        told["error"] = from_python(failure).error
    return told

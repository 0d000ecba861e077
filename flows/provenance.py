"""Where the values of a run came from: what its version reads, and what a mapping rule made of its source.

Called by the API. Everything is computed from the version and the journal; nothing is stored, nothing is sent. Lookup
tables and variables are read as they are now, because the journal holds values and not tables.
"""

from __future__ import annotations

from typing import Any

from connectors.registry import registry
from flows.catalog import RegistryCatalog
from flows.deployed import carried_by, load, load_tables
from flows.engine.errors import DocumentRefused
from flows.engine.history import History
from flows.engine.plan import Plan, compile_plan
from flows.engine.reads import reads_of
from flows.events import trigger_scope
from flows.mapping.rules import Mapping, Rule
from flows.mapping.stages import stages_of
from flows.models import Event, Run
from flows.reading import all_facts
from ipaas.accounts.models import EnvironmentVariable


class NotTold(LookupError):
    """The step or the rule does not exist, or the step has not come so far; the text says which."""


def reads(run: Run) -> list[dict[str, Any]]:
    """What every parameter of the run's version reads and fills (see `flows.engine.reads`)."""
    return reads_of(carried_by(run).document)


def rule_stages(run: Run, step: str, pointer: str) -> dict[str, Any]:
    """What one rule of a map step made of its source in this run.

    Args:
        run: The run.
        step: Path of the step, such as `each[2].order`.
        pointer: JSON pointer of the rule in the version's document, or of something inside it.

    Raises:
        NotTold: there is no such step or rule, or the step has not been settled.
    """
    plan = _plan(run)
    node = plan.nodes.get(step.rpartition(".")[2])
    rule = _rule(node.params if node is not None and node.kind == "map" else None, pointer)
    if node is None or rule is None:
        raise NotTold("There is no such rule in this version.")
    scope = _scope(plan, run, step)
    told = stages_of(rule, scope, load_tables(run.tenant_id, plan.tables))
    return {"step": step, "pointer": rule.pointer, **told}


def _rule(params: Any, pointer: str) -> Rule | None:
    if not isinstance(params, Mapping):
        return None
    return next((r for r in params.rules if pointer == r.pointer or pointer.startswith(f"{r.pointer}/")), None)


def _scope(plan: Plan, run: Run, step: str) -> dict[str, Any]:
    """What the step saw when it was carried out: the journal folded up to the fact that settled it."""
    event = Event.objects.of(run.tenant_id).get(id=run.event_id)
    variables = EnvironmentVariable.objects.filter(environment_id=run.environment_id).values_list("name", "value")
    trigger = trigger_scope(bytes(event.body), event.meta or {}, event.received_at)
    history = History(plan, trigger, dict(variables))
    for fact in all_facts(run):
        if fact.get("step") == step and fact["type"] in ("step_succeeded", "step_failed"):
            return history.scope(step)
        history.apply(fact)
    raise NotTold("The run has not come to this step.")


def _plan(run: Run) -> Plan:
    """The compiled version of the run, or what a trial tried out."""
    try:
        if run.trial:
            return load(run.version_id).plan
        return compile_plan(carried_by(run).document, RegistryCatalog(registry()))
    except DocumentRefused:
        raise NotTold("This version can no longer be read by the connectors that are installed.") from None

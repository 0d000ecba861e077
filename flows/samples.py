"""Samples: an example value per step of a flow, which mapping, previews and tests of steps read.

The only writer of that table. A sample comes from a person (pinned), a trial, a run, an event or the connector's own
example; what is pinned is replaced by nobody but a person. Never calls anything outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction

from connectors.registry import registry
from flows import values
from flows.events import BodyRefused, body_value
from flows.models import Event, Fact, Flow, Sample, Trial, Value
from ipaas.book.cards import mask_body
from ipaas.book.packing import dumps


class UnknownStep(LookupError):
    """The saved draft has no such step."""


class TooLarge(ValueError):
    """The value is larger than an event may be."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where samples come from."""

    source: str
    run_id: str = ""
    event_id: str = ""


def steps_of(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The nodes of a draft by id; tolerates what is unfinished."""
    nodes = document.get("nodes")
    return {node["id"]: node for node in nodes if isinstance(node, dict)} if isinstance(nodes, list) else {}


def trigger_of(document: Mapping[str, Any]) -> str | None:
    """The id of a draft's trigger, None where it has none yet."""
    return next((id_ for id_, node in steps_of(document).items() if node.get("kind") == "trigger"), None)


before_reading: list[Callable[[Flow], None]] = []
"""Told before samples are read, so that what ended since can leave its own first."""


def kept(flow: Flow) -> list[Sample]:
    """Every sample of a flow, also of steps that only another document has than the saved draft."""
    for listener in before_reading:
        listener(flow)
    return list(Sample.objects.of(flow.tenant_id).filter(flow=flow))


def samples_of(flow: Flow) -> list[Sample]:
    """The samples of steps that the saved draft has, in the order of the draft."""
    known = {step: place for place, step in enumerate(steps_of(flow.draft))}
    return sorted((row for row in kept(flow) if row.step in known), key=lambda row: known[row.step])


def put(flow: Flow, step: str, value: Any, pinned: bool) -> Sample:
    """Make a value a step's sample, by a person.

    Raises:
        UnknownStep: The saved draft has no such step.
        TooLarge: The value is larger than an event may be.
    """
    if step not in steps_of(flow.draft):
        raise UnknownStep(step)
    raw = mask_body(dumps(value))
    if len(raw) > settings.EVENT_MAX_BYTES:
        raise TooLarge(step)
    row, _ = Sample.objects.of(flow.tenant_id).update_or_create(
        flow=flow,
        step=step,
        defaults={
            "tenant_id": flow.tenant_id,
            "value": orjson.loads(raw),
            "source": "pinned",
            "pinned": pinned,
            "at": datetime.now(UTC),
            "run_id": "",
            "event_id": "",
        },
    )
    made: Sample = row
    return made


def remove(flow: Flow, step: str) -> bool:
    """Forget a step's sample; whether there was one."""
    deleted, _ = Sample.objects.of(flow.tenant_id).filter(flow=flow, step=step).delete()
    return deleted > 0


def keep(flow: Flow, found: Mapping[str, Any], origin: Origin, *, over: tuple[str, ...] = ()) -> int:
    """Keep values as samples of their steps, except where one is pinned; how many were kept.

    Args:
        flow: Whose samples they are.
        found: Step id -> value.
        origin: Where they come from.
        over: Only samples of these sources are replaced; without any, every one that is not pinned.
    """
    now = datetime.now(UTC)
    fitting = {step: value for step, value in found.items() if len(dumps(value)) <= settings.EVENT_MAX_BYTES}
    with transaction.atomic():
        rows = Sample.objects.of(flow.tenant_id).filter(flow=flow, step__in=list(fitting))
        staying = {row.step for row in rows if row.pinned or (over and row.source not in over)}
        Sample.objects.of(flow.tenant_id).bulk_create(
            [
                Sample(
                    tenant_id=flow.tenant_id,
                    flow=flow,
                    step=step,
                    value=value,
                    source=origin.source,
                    at=now,
                    run_id=origin.run_id,
                    event_id=origin.event_id,
                )
                for step, value in fitting.items()
                if step not in staying
            ],
            update_conflicts=True,
            unique_fields=["flow", "step"],
            update_fields=["value", "source", "pinned", "at", "run_id", "event_id"],
        )
    return len(fitting) - len(staying)


def take_event(flow: Flow, event: Event) -> int:
    """Make an event's body the trigger's sample."""
    trigger = trigger_of(flow.draft)
    if trigger is None:
        return 0
    return keep(flow, {trigger: _body(event)}, Origin("event", event.run_id, event.id))


def _body(event: Event) -> Any:
    try:
        return body_value(bytes(event.body), event.meta or {})
    except BodyRefused:
        return bytes(event.body).decode("utf-8", "replace")


def take_heard(flow: Flow, body: Any) -> int:
    """Make the body of an event that made no run the trigger's sample."""
    trigger = trigger_of(flow.draft)
    return keep(flow, {trigger: body}, Origin("event")) if trigger is not None else 0


def take_run(flow: Flow, run_id: str, event: Event) -> int:
    """Make what a run's steps came to their samples, and its event the trigger's."""
    known = steps_of(flow.draft).keys() - {trigger_of(flow.draft)}
    outputs = {step: value for step, value in outputs_of(run_id) if step in known}
    return take_event(flow, event) + keep(flow, outputs, Origin("run", run_id, event.id))


def take_trial(flow: Flow, trial: Trial, event: Event) -> int:
    """Make what a trial's steps came to their samples, except of those that did something else than their own work."""
    trigger, run_id = trigger_of(trial.document), trial.run_id
    outputs = {step: value for step, value in outputs_of(run_id) if step not in trial.stand_ins}
    event_body = {trigger: _body(event)} if trigger is not None else {}
    origin = Origin("trial", run_id, event.id)
    return keep(flow, event_body, origin, over=("trial",)) + keep(flow, outputs, origin)


def outputs_of(run_id: str) -> Iterator[tuple[str, Any]]:
    """Node id and output of every step that succeeded; of steps in a for-each those of the first item that has one."""
    first: dict[str, tuple[list[int], Any]] = {}
    for facts in Fact.objects.filter(run_id=run_id).order_by("seq").values_list("facts", flat=True).iterator():
        for fact in facts:
            resolved = fact["type"] == "run_resolved" and fact.get("made")
            if fact["type"] == "step_succeeded" or resolved:
                node, items = _place(fact["step"])
                if node not in first or items < first[node][0]:
                    first[node] = (items, fact.get("output"))
    big = dict(Value.objects.filter(run_id=run_id, id__in=_wanted(first)).values_list("id", "content"))
    for node, (_, output) in first.items():
        yield node, values.restore([{"output": output}], big)[0]["output"]


def _wanted(first: dict[str, tuple[list[int], Any]]) -> list[str]:
    return [output["$value"] for _, output in first.values() if isinstance(output, dict) and "$value" in output]


def _place(path: str) -> tuple[str, list[int]]:
    """`each[2].line` is the node `line` at item 2."""
    *loops, node = path.split(".")
    return node, [int(loop[loop.index("[") + 1 : -1]) for loop in loops]


def take_connector(flow: Flow) -> int:
    """The connectors' own examples: the trigger's event, and operations of steps that have no better sample."""
    trigger = trigger_of(flow.draft)
    found = examples_of(flow.draft)
    first = {step: value for step, value in found.items() if step == trigger}
    others = {step: value for step, value in found.items() if step != trigger}
    return keep(flow, first, Origin("connector")) + keep(flow, others, Origin("connector"), over=("connector",))


def examples_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The connectors' examples of what triggers and calls of a draft come to, by step."""
    asking = {step: node for step, node in steps_of(document).items() if node.get("kind") in ("trigger", "call")}
    found = {step: example_of(document, node) for step, node in asking.items()}
    return {step: example for step, example in found.items() if example is not None}


def example_of(document: Mapping[str, Any], node: Mapping[str, Any]) -> Any:
    """The connector's example of what a trigger or call node comes to; None without one."""
    params = node.get("params")
    aliases = document.get("connections")
    if not isinstance(params, dict) or not isinstance(aliases, dict):
        return None
    alias = aliases.get(str(params.get("connection")))
    connector = alias.get("connector") if isinstance(alias, dict) else None
    if not isinstance(connector, str) or connector not in registry():
        return None
    manifest = registry().get(connector).manifest
    if node["kind"] == "call":
        operation = manifest.operations.get(str(params.get("operation")))
        return operation.sample.output if operation is not None and operation.sample is not None else None
    webhook = manifest.triggers.get("webhook")
    events = webhook.events if webhook is not None else {}
    wanted = params.get("event") or list(events)
    names = [str(name) for name in wanted] if isinstance(wanted, list) else [str(wanted)]
    return next((events[name].sample for name in names if name in events and events[name].sample is not None), None)

"""Shapes of requests and answers of the flows API, as serializers: they check what comes in and draw the OpenAPI.

Used by the views beside it; they never touch the database.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from flows.api.table_shapes import RowShape
from ipaas.accounts.api.schema import NamedChoice

ENVIRONMENTS = ("sandbox", "development", "qa", "production")
STATUSES = ("queued", "running", "waiting", "succeeded", "failed", "cancelled", "uncertain")


class AnyJson(serializers.JSONField):
    """Any JSON value."""


class PersonShape(serializers.Serializer[Any]):
    """A person by id and name."""

    id = serializers.CharField()
    name = serializers.CharField()


class ProblemShape(serializers.Serializer[Any]):
    """One thing wrong with a document."""

    code = serializers.CharField()
    pointer = serializers.CharField(allow_blank=True, help_text="JSON pointer into the document")
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    severity = NamedChoice("ProblemSeverity", ["error", "warning"])


class ProblemsShape(serializers.Serializer[Any]):
    """Everything wrong with a document."""

    problems = ProblemShape(many=True)


class DeploymentShape(serializers.Serializer[Any]):
    """A version at work in an environment."""

    id = serializers.CharField()
    environment = serializers.CharField()
    version = serializers.IntegerField()
    active = serializers.BooleanField()
    paused = serializers.BooleanField()
    connections = serializers.DictField(child=serializers.CharField())
    webhook_url = serializers.CharField(allow_null=True)
    subscription = serializers.JSONField(help_text="state of the webhook subscription, empty where none is managed")
    created_at = serializers.CharField()
    created_by = PersonShape(allow_null=True)


class TriggerShape(serializers.Serializer[Any]):
    """How a flow starts."""

    type = serializers.CharField()
    connector = serializers.CharField(allow_null=True)
    event = AnyJson(allow_null=True)


class LastRunShape(serializers.Serializer[Any]):
    """The newest run of a flow, in short."""

    id = serializers.CharField()
    status = NamedChoice("RunStatus", STATUSES)
    environment = serializers.CharField()
    business_key = serializers.CharField(allow_blank=True)
    created_at = serializers.CharField()


class FlowShape(serializers.Serializer[Any]):
    """A flow as lists show it."""

    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    created_at = serializers.CharField()
    updated_at = serializers.CharField()
    updated_by = PersonShape(allow_null=True)
    draft_etag = serializers.CharField()
    latest_version = serializers.IntegerField(allow_null=True)
    deployments = DeploymentShape(many=True)
    problems_count = serializers.IntegerField()
    trigger = TriggerShape(allow_null=True)
    systems = serializers.ListField(child=serializers.CharField(), help_text="names of the connectors it uses")
    steps = serializers.IntegerField()
    last_run = LastRunShape(allow_null=True)
    failed_day = serializers.IntegerField(help_text="runs of the last 24 hours that failed")


class FlowDetailShape(FlowShape):
    """A flow with its draft."""

    document = AnyJson()
    problems = ProblemShape(many=True)


class FlowCreate(serializers.Serializer[Any]):
    """A new flow."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False, default="")
    document = serializers.DictField(required=False, help_text="the flow document; an empty one when left out")


class FlowPatch(serializers.Serializer[Any]):
    """Changes to a flow; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    document = serializers.DictField(required=False)
    draft_etag = serializers.CharField(max_length=60, required=False, help_text="the draft that was edited")


class CheckRequest(serializers.Serializer[Any]):
    """A document to check."""

    document = serializers.DictField()


class PublishRequest(serializers.Serializer[Any]):
    """Publish the draft."""

    message = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")


class CountsShape(serializers.Serializer[Any]):
    """How much two documents differ."""

    added = serializers.IntegerField(help_text="steps only in the second")
    removed = serializers.IntegerField(help_text="steps only in the first")
    changed = serializers.IntegerField(help_text="steps in both that differ")
    edges = serializers.IntegerField(help_text="edges in one of them only")
    fields = serializers.IntegerField(help_text="fields that differ, of steps, settings and connections")  # type: ignore[assignment]


class VersionShape(serializers.Serializer[Any]):
    """An immutable published document, as lists show it."""

    id = serializers.CharField()
    number = serializers.IntegerField()
    message = serializers.CharField(allow_blank=True)
    created_at = serializers.CharField()
    created_by = PersonShape(allow_null=True)


class ListedVersionShape(VersionShape):
    """A version in the list, with how much it differs from the one before; the first differs from none."""

    changes = CountsShape(allow_null=True)


class VersionDetailShape(VersionShape):
    """An immutable published document."""

    document = AnyJson()


class FieldChangeShape(serializers.Serializer[Any]):
    """One field that differs; entries of lists are named by what they are for."""

    pointer = serializers.CharField(allow_blank=True)
    kind = NamedChoice("FieldChangeKind", ["added", "removed", "changed", "order"])
    before = AnyJson(required=False)
    after = AnyJson(required=False)


class DiffShape(serializers.Serializer[Any]):
    """What differs between two documents; places on the canvas are no difference."""

    added = serializers.ListField(child=serializers.CharField(), help_text="ids of nodes only in the second")
    removed = serializers.ListField(child=serializers.CharField(), help_text="ids of nodes only in the first")
    changed = serializers.DictField(
        child=FieldChangeShape(many=True), help_text="per node id, the fields that differ with both values"
    )
    edges_added = serializers.ListField(child=AnyJson())
    edges_removed = serializers.ListField(child=AnyJson())
    settings = FieldChangeShape(many=True)
    connections = FieldChangeShape(many=True)
    other = FieldChangeShape(many=True)
    counts = CountsShape()


class EnvironmentRequest(serializers.Serializer[Any]):
    """Names an environment."""

    environment = NamedChoice("EnvironmentName", ENVIRONMENTS)


class DeployRequest(EnvironmentRequest):
    """Put a version to work."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    connections = serializers.DictField(child=serializers.CharField(max_length=40), required=False, default=dict)


class EarlierShape(serializers.Serializer[Any]):
    """The version that a rollback would put to work again."""

    version = serializers.IntegerField()
    connections = serializers.DictField(child=serializers.CharField())
    created_at = serializers.CharField()
    created_by = PersonShape(allow_null=True)


class AtWorkShape(serializers.Serializer[Any]):
    """How a flow stands in one environment."""

    environment = NamedChoice("EnvironmentName", ENVIRONMENTS)
    deployment = DeploymentShape(allow_null=True)
    earlier = EarlierShape(allow_null=True)
    last_run = LastRunShape(allow_null=True)
    runs_day = serializers.IntegerField(help_text="runs of the last 24 hours")
    failed_day = serializers.IntegerField(help_text="those of them that failed or need a person")
    kept = serializers.IntegerField(help_text="events that arrived while paused and wait")


class StartRequest(EnvironmentRequest):
    """Start a deployed flow by hand."""

    body = AnyJson(required=False, allow_null=True, default=None)


class RunStarted(serializers.Serializer[Any]):
    """The run that was started."""

    run = serializers.CharField()


class FlowName(serializers.Serializer[Any]):
    """A flow by id and name."""

    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class RunShape(serializers.Serializer[Any]):
    """A run as lists show it."""

    id = serializers.CharField()
    flow = FlowName()
    version = serializers.IntegerField()
    environment = serializers.CharField()
    status = NamedChoice("RunStatus", STATUSES)
    business_key = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    created_at = serializers.CharField()
    started_at = serializers.CharField(allow_null=True)
    finished_at = serializers.CharField(allow_null=True)
    wake_at = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField()
    duration_ms = serializers.IntegerField(allow_null=True)
    error = AnyJson(allow_null=True)
    replay_of = serializers.CharField(allow_null=True)
    trial = serializers.BooleanField(help_text="a test of the draft, kept out of the ordinary lists")


class RunDetailShape(RunShape):
    """A run with its event, its document and what may be done to it."""

    event = AnyJson()
    document = AnyJson()
    last_seq = serializers.IntegerField()
    can = serializers.DictField(child=serializers.BooleanField())


class EntryShape(serializers.Serializer[Any]):
    """One journal entry."""

    seq = serializers.IntegerField()
    facts = serializers.ListField(child=AnyJson())


class FactsShape(serializers.Serializer[Any]):
    """Journal entries after a number."""

    items = EntryShape(many=True)
    last_seq = serializers.IntegerField()
    finished = serializers.BooleanField()


class BigValueShape(serializers.Serializer[Any]):
    """A value that the journal refers to."""

    id = serializers.CharField()
    value = AnyJson()


class ReadShape(serializers.Serializer[Any]):
    """What one parameter of a step reads, and what it fills."""

    node = serializers.CharField()
    pointer = serializers.CharField(help_text="place in the document of the run's version")
    fills = serializers.CharField(help_text="input, output, port, items, reply, message or default")
    target = serializers.ListField(child=AnyJson(), help_text="path inside it; null stands for every item")
    way = serializers.CharField(help_text="copy, source, sources, expression, template, value, lookup or test")
    paths = serializers.ListField(child=serializers.ListField(child=AnyJson()))
    aligned = serializers.IntegerField(required=False)
    params = serializers.ListField(child=serializers.ListField(child=AnyJson()), required=False)
    when = serializers.ListField(child=serializers.ListField(child=AnyJson()), required=False)
    table = serializers.CharField(required=False)


class ReadsShape(serializers.Serializer[Any]):
    """What a version reads."""

    items = ReadShape(many=True)


class StageShape(serializers.Serializer[Any]):
    """A value after one transform."""

    fn = serializers.CharField()
    title = serializers.CharField()
    value = AnyJson()


class StagesShape(serializers.Serializer[Any]):
    """What one rule made of its source."""

    step = serializers.CharField()
    pointer = serializers.CharField()
    read = AnyJson()
    stages = StageShape(many=True)
    value = AnyJson()
    skipped = serializers.BooleanField()
    error = AnyJson(allow_null=True)


class CancelRequest(serializers.Serializer[Any]):
    """Why a run is cancelled."""

    reason = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class ResolveRequest(serializers.Serializer[Any]):
    """What a person found out about an uncertain write."""

    effect = serializers.CharField(max_length=40)
    made = serializers.BooleanField()
    output = AnyJson(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")


class StatsShape(serializers.Serializer[Any]):
    """How many runs of the last 24 hours are in each status."""

    since = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())


class TemplateShape(serializers.Serializer[Any]):
    """A ready-made flow."""

    name = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(help_text="what it does, in one sentence")
    purpose = serializers.CharField(help_text="what it is about, to filter by")
    description = serializers.CharField()
    needs = AnyJson(help_text="connection aliases and their connectors")
    tables = serializers.ListField(child=serializers.CharField())
    document = AnyJson()


class BroughtTableShape(serializers.Serializer[Any]):
    """A lookup table that a template brings."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(required=False)
    key_title = serializers.CharField()
    value_title = serializers.CharField()
    rows = RowShape(many=True)


class TemplateDetailShape(TemplateShape):
    """A ready-made flow with its explanation."""

    explanation = serializers.ListField(child=serializers.CharField(), help_text="what happens, step by step")
    table_rows = BroughtTableShape(many=True)


class TemplateInstall(serializers.Serializer[Any]):
    """Make a flow out of a template; with an environment and connections it is published and deployed as well."""

    name = serializers.CharField(max_length=200, required=False)
    environment = NamedChoice("EnvironmentName", ENVIRONMENTS, required=False)
    connections = serializers.DictField(child=serializers.CharField(max_length=40), required=False, default=dict)

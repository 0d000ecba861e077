"""Shapes of requests and answers of the connectors API, as serializers: they check what comes in and draw the OpenAPI.

Used by the views beside it; they never touch the database. A credential is only ever in a request.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

ENVIRONMENTS = ["sandbox", "development", "qa", "production"]


class AnyJson(serializers.JSONField):
    """Any JSON value."""


class AuthShape(serializers.Serializer[Any]):
    """One way to sign in that a connection may choose."""

    kind = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    fields_schema = AnyJson(source="fields", help_text="JSON Schema of the credential")

    def get_fields(self) -> dict[str, Any]:
        """The answer's name for the schema is `fields`, which a serializer cannot have as an attribute."""
        found = super().get_fields()
        found["fields"] = AnyJson(help_text="JSON Schema of the credential")
        del found["fields_schema"]
        return found


class OperationShape(serializers.Serializer[Any]):
    """One callable of a connector."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    effect = serializers.CharField(help_text="read, idempotent, keyed, findable or unsafe")
    input = AnyJson(help_text="JSON Schema")
    output = AnyJson(help_text="JSON Schema")
    sample = AnyJson(allow_null=True)


class ConnectorTriggerShape(serializers.Serializer[Any]):
    """What a connector can start flows with."""

    type = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    subscribes = serializers.BooleanField(help_text="deploying registers the address with the system")
    events = serializers.ListField(child=AnyJson(), help_text="name, title, description, schema, sample")


class ConnectorShape(serializers.Serializer[Any]):
    """A connector with its schemas."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    icon_url = serializers.CharField()
    auth = AuthShape(many=True)
    config = AnyJson(help_text="JSON Schema of a connection's settings")
    operations = OperationShape(many=True)
    triggers = ConnectorTriggerShape(many=True)
    has_simulator = serializers.BooleanField()


class ConnectorDetailShape(ConnectorShape):
    """A connector with its schemas and its documentation."""

    docs = serializers.CharField(allow_blank=True, help_text="Markdown")


class ConnectionShape(serializers.Serializer[Any]):
    """A connection; its credential is never shown."""

    id = serializers.CharField()
    name = serializers.CharField()
    connector = serializers.CharField()
    environment = serializers.ChoiceField(ENVIRONMENTS)
    auth_kind = serializers.CharField()
    config = serializers.DictField()
    credential_fields = serializers.ListField(child=serializers.CharField(), help_text="which fields are set")
    simulated = serializers.BooleanField()
    status = serializers.CharField(help_text="ok, untested, broken or paused")
    status_detail = serializers.DictField()
    created_at = serializers.CharField()
    updated_at = serializers.CharField()
    last_used_at = serializers.CharField(allow_null=True)


class FlowRef(serializers.Serializer[Any]):
    """A flow by id and name."""

    id = serializers.CharField()
    name = serializers.CharField()


class BoundDeployment(serializers.Serializer[Any]):
    """An active deployment that is bound to a connection; `aliases` are the names it has in the flow."""

    flow = FlowRef()
    environment = serializers.CharField()
    version = serializers.IntegerField()
    paused = serializers.BooleanField()
    aliases = serializers.ListField(child=serializers.CharField())


class ConnectionDetailShape(ConnectionShape):
    """A connection and where it is used."""

    used_by = serializers.ListField(child=serializers.CharField(), help_text="names of deployed flows")
    deployments = BoundDeployment(many=True)


class HealthHour(serializers.Serializer[Any]):
    """The calls of one hour."""

    at = serializers.CharField()
    calls = serializers.IntegerField()
    failed = serializers.IntegerField()
    refused = serializers.IntegerField()


class LastFailure(serializers.Serializer[Any]):
    """The last call that failed."""

    at = serializers.CharField()
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    hint = serializers.CharField(required=False)


class WaitingRun(serializers.Serializer[Any]):
    """A run that waits for a connection."""

    id = serializers.CharField()
    business_key = serializers.CharField(allow_blank=True)
    flow = serializers.CharField()
    created_at = serializers.CharField()


class WaitingRuns(serializers.Serializer[Any]):
    """The runs that wait for a connection, the oldest ten of them."""

    count = serializers.IntegerField()
    runs = WaitingRun(many=True)


class HealthShape(serializers.Serializer[Any]):
    """How a connection fares."""

    status = serializers.CharField()
    status_detail = serializers.DictField()
    last_ok_at = serializers.CharField(allow_null=True)
    last_failure = LastFailure(allow_null=True)
    calls = serializers.IntegerField(help_text="in the last 24 hours")
    failed = serializers.IntegerField()
    refused = serializers.IntegerField()
    error_rate = serializers.FloatField(help_text="failed calls of all calls, 0 to 1")
    hours = HealthHour(many=True)
    waiting = WaitingRuns()


class DuplicateRequest(serializers.Serializer[Any]):
    """Where a copy goes and how it is called."""

    environment = serializers.ChoiceField(ENVIRONMENTS)
    name = serializers.CharField(max_length=120)


class ConnectionCreate(serializers.Serializer[Any]):
    """A new connection."""

    name = serializers.CharField(max_length=120)
    connector = serializers.CharField(max_length=80)
    environment = serializers.ChoiceField(ENVIRONMENTS)
    auth_kind = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    config = serializers.DictField(required=False, default=dict)
    credential = serializers.DictField(required=False, default=dict, write_only=True)
    simulated = serializers.BooleanField(required=False, default=False)


class ConnectionPatch(serializers.Serializer[Any]):
    """Changes to a connection; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    config = serializers.DictField(required=False)
    paused = serializers.BooleanField(required=False)


class RotateRequest(serializers.Serializer[Any]):
    """New values of credential fields; fields left out stay, null removes one."""

    credential = serializers.DictField(write_only=True)
    test_first = serializers.BooleanField(
        required=False, default=False, help_text="keep the old one unless the system accepts the new one"
    )


class TestAsked(serializers.Serializer[Any]):
    """What a test asked of the system, and how that was answered."""

    operation = serializers.CharField()
    method = serializers.CharField()
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.FloatField(allow_null=True)


class TestAnswer(serializers.Serializer[Any]):
    """What a test of a connection found."""

    ok = serializers.BooleanField()
    message = serializers.CharField()
    account = serializers.CharField(required=False)
    asked = TestAsked(required=False)
    error = AnyJson(required=False)


class AuthorizeAnswer(serializers.Serializer[Any]):
    """Where to send the browser."""

    authorize_url = serializers.CharField()


class EffectShape(serializers.Serializer[Any]):
    """One entry of the effect ledger, secrets masked."""

    id = serializers.CharField()
    connection = serializers.CharField(allow_null=True)
    connector = serializers.CharField()
    operation = serializers.CharField()
    effect_class = serializers.CharField()
    key = serializers.CharField()
    generation = serializers.IntegerField()
    business_key = serializers.CharField(allow_blank=True)
    run_id = serializers.CharField(allow_blank=True)
    step = serializers.CharField(allow_blank=True)
    status = serializers.CharField(help_text="intended, sent, done, rejected, released or uncertain")
    idempotency_key = serializers.CharField(allow_blank=True)
    request = AnyJson(allow_null=True)
    answer = AnyJson(allow_null=True)
    error = AnyJson(allow_null=True)
    found = serializers.BooleanField()
    created_at = serializers.CharField()
    settled_at = serializers.CharField(allow_null=True)


class SandboxSystemShape(serializers.Serializer[Any]):
    """A simulated system: its address, and its fake keys to point any client at it."""

    system = serializers.CharField()
    title = serializers.CharField()
    base_url = serializers.CharField()
    credentials = serializers.DictField(child=serializers.CharField())


class ScenarioShape(serializers.Serializer[Any]):
    """A story that can be played."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    covers = serializers.ListField(child=serializers.CharField())


class FaultShape(serializers.Serializer[Any]):
    """A fault that a simulated system shows."""

    id = serializers.CharField()
    system = serializers.CharField()
    fault = serializers.CharField()
    match = serializers.DictField()
    times = serializers.IntegerField(allow_null=True, help_text="how many times more; null until removed")
    created_at = serializers.CharField()


class FaultKindShape(serializers.Serializer[Any]):
    """A way to fail."""

    fault = serializers.CharField()
    description = serializers.CharField()


class SandboxShape(serializers.Serializer[Any]):
    """A tenant's sandbox at a glance."""

    systems = SandboxSystemShape(many=True)
    scenarios = ScenarioShape(many=True)
    faults = FaultShape(many=True)
    fault_kinds = FaultKindShape(many=True)
    now = serializers.CharField(help_text="the virtual clock")


class FaultCreate(serializers.Serializer[Any]):
    """A fault to show."""

    system = serializers.CharField(max_length=80)
    fault = serializers.CharField(max_length=30)
    match = serializers.DictField(required=False, default=dict, help_text="method, path glob, probability, seconds, …")
    times = serializers.IntegerField(required=False, allow_null=True, default=1, min_value=1, max_value=1_000_000)


class FaultsShape(serializers.Serializer[Any]):
    """All faults."""

    items = FaultShape(many=True)


class PlayRequest(serializers.Serializer[Any]):
    """A scenario to play."""

    scenario = serializers.CharField(max_length=80)


class PlayStarted(serializers.Serializer[Any]):
    """The play that was started."""

    play = serializers.CharField()


class CheckShape(serializers.Serializer[Any]):
    """One thing that must be true in the simulated systems' own books."""

    name = serializers.CharField()
    ok = serializers.BooleanField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)


class PlayShape(serializers.Serializer[Any]):
    """A play and what its checks found."""

    play = serializers.CharField()
    scenario = serializers.CharField()
    status = serializers.ChoiceField(["running", "finished"])
    checks = CheckShape(many=True)
    started_at = serializers.CharField()
    finished_at = serializers.CharField(allow_null=True)


class LedgerShape(serializers.Serializer[Any]):
    """What a simulated system holds, named as the system itself names it."""

    system = serializers.CharField()
    collections = serializers.DictField(child=serializers.ListField(child=AnyJson()))


class ClockRequest(serializers.Serializer[Any]):
    """How far to move the clock."""

    advance_seconds = serializers.FloatField(min_value=0, max_value=10 * 366 * 86_400)


class ClockShape(serializers.Serializer[Any]):
    """The virtual clock."""

    now = serializers.CharField()


class DeliveryShape(serializers.Serializer[Any]):
    """A webhook that a simulated system sends."""

    id = serializers.CharField()
    system = serializers.CharField()
    event_id = serializers.CharField()
    url = serializers.CharField()
    attempts = serializers.IntegerField()
    next_at = serializers.CharField(allow_null=True)
    delivered_at = serializers.CharField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField(allow_blank=True)

"""The tables of flows: drafts, versions, deployments, triggers, and the book of events, runs and facts.

Only the owning modules write them: publishing (flows, versions, deployments, triggers), journal (events, runs, facts,
values), records (lookup tables), samples, trials, flow_tests, listening. Run rows are found through one column,
`due_at`: when somebody should look at the run.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenancy import TenantScoped
from ipaas.book.fields import IdField, PackedField


def _plain_reference(to: type[models.Model]) -> Any:
    """A reference of a hot table: no index of its own (the table's indexes cover the queries), no check per row."""
    return models.ForeignKey(to, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)


class Flow(TenantScoped):
    """What a person draws and names; `draft` is the document being edited."""

    id = IdField("flow")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    draft = PackedField()
    draft_etag = models.CharField(max_length=40)
    problems_count = models.IntegerField(default=0)
    template = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "-updated_at"], name="flow_by_change")]

    def __str__(self) -> str:
        return self.name


class Version(TenantScoped):
    """An immutable published document."""

    id = IdField("ver")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    document = PackedField()
    message = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="version_number")]


class Deployment(TenantScoped):
    """A version put to work in one environment, with its connections bound; at most one is active there."""

    id = IdField("dep")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="deployments")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="deployments")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    connections = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "environment"], condition=models.Q(active=True), name="one_active_deployment"
            )
        ]


class TriggerState(TenantScoped):
    """What a trigger keeps between events and across deployments: its address, its signing secret, its next time."""

    id = IdField("trg")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="trigger_states")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(null=True)
    subscription = models.JSONField(default=dict)
    next_at = models.DateTimeField(null=True, db_index=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "environment"], name="one_trigger_state")]


class Event(TenantScoped):
    """One recorded arrival at a trigger; `body` is kept byte for byte."""

    id = IdField("evt")
    tenant = _plain_reference(Tenant)
    flow = _plain_reference(Flow)
    environment = _plain_reference(Environment)
    source = models.CharField(max_length=12)
    dedupe_key = models.CharField(max_length=255)
    run_id = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    meta = PackedField(null=True)
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "environment", "dedupe_key"], name="event_once")]


class Run(TenantScoped):
    """One event carried through one version, or for a trial through what is tried out (see `Trial`)."""

    id = IdField("run")
    tenant = _plain_reference(Tenant)
    flow = _plain_reference(Flow)
    version = _plain_reference(Version)
    environment = _plain_reference(Environment)
    deployment = _plain_reference(Deployment)
    event = _plain_reference(Event)
    status = models.CharField(max_length=10)
    business_key = models.CharField(max_length=255, blank=True, default="")
    lane = models.CharField(max_length=255, blank=True, default="")
    summary = models.CharField(max_length=500, blank=True, default="")
    error = PackedField(null=True)
    attempts = models.IntegerField(default=0)
    seq = models.IntegerField(default=1)
    replay_of = models.CharField(max_length=40, blank=True, default="")
    waiting_for = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=40, blank=True, default="")
    due_at = models.DateTimeField(null=True)
    trial = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-id"], name="run_recent"),
            models.Index(fields=["tenant", "status", "-id"], name="run_by_status"),
            models.Index(fields=["tenant", "business_key"], name="run_by_key"),
            models.Index(fields=["flow", "-id"], name="run_by_flow"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="run_due"),
            models.Index(fields=["waiting_for"], condition=~models.Q(waiting_for=""), name="run_waiting_for"),
        ]


class Fact(models.Model):
    """One append to a run's journal: the facts since the last. The sequence number is the fence."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.CharField(max_length=40)
    seq = models.IntegerField()
    facts = PackedField()

    def __str__(self) -> str:
        return f"{self.run_id} #{self.seq}"


class Value(models.Model):
    """A big value that a fact refers to, stored once per run."""

    id = models.CharField(primary_key=True, max_length=120)
    run_id = models.CharField(max_length=40, db_index=True)
    content = PackedField()

    def __str__(self) -> str:
        return self.id


class Sample(TenantScoped):
    """An example of what a step comes to, one per flow and step; a pinned one is a person's and stays."""

    id = IdField("smp")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="samples")
    step = models.CharField(max_length=63)
    value = PackedField(null=True)
    source = models.CharField(max_length=10)
    pinned = models.BooleanField(default=False)
    at = models.DateTimeField()
    run_id = models.CharField(max_length=40, blank=True, default="")
    event_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "step"], name="sample_of_step")]


class Trial(TenantScoped):
    """A draft, or a part of it, that is tried out once: what a version and a deployment are for an ordinary run.

    Its run names it as both. `stand_ins` says which nodes do something else than their own work.
    """

    id = IdField("trl")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="trials")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=10)
    step = models.CharField(max_length=63, blank=True, default="")
    document = PackedField()
    stand_ins = PackedField()
    connections = models.JSONField(default=dict)
    run_id = models.CharField(max_length=40)
    gathered = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.mode} {self.step}".strip()


class FlowTest(TenantScoped):
    """A recorded run with what is expected of it; played on a draft, it says what would come out otherwise."""

    id = IdField("tst")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="tests")
    name = models.CharField(max_length=200)
    recording = PackedField()
    expected = PackedField()
    ignored = models.JSONField(default=list)
    run_id = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.name


class Listening(TenantScoped):
    """Somebody waits for the next real event of a flow, for a few minutes; `heard` is one that made no run."""

    id = IdField("lst")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="listening", db_index=True)
    connection_id = models.CharField(max_length=40, blank=True, default="")
    after = models.CharField(max_length=40)
    until = models.DateTimeField()
    event_id = models.CharField(max_length=40, blank=True, default="")
    heard = PackedField(null=True)
    hint = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)


class LookupTable(TenantScoped):
    """A table kept by people: one key, one value per row (Stripe product to Epicor part)."""

    id = IdField("tbl")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    key_title = models.CharField(max_length=100, default="Key")
    value_title = models.CharField(max_length=100, default="Value")
    revision = models.IntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="lookup_table_name")]


class LookupRow(models.Model):
    """One row of a lookup table."""

    id = models.BigAutoField(primary_key=True)
    table = models.ForeignKey(LookupTable, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=255)
    value = models.CharField(max_length=2000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="lookup_row_key")]

    def __str__(self) -> str:
        return self.key


class LookupChange(TenantScoped):
    """One change to the rows of a lookup table: who, when, and every row before and after.

    `rows` holds `[key, value before or null, value after or null]`; `revision` is the table's after the change.
    """

    id = IdField("lch")
    table = models.ForeignKey(LookupTable, on_delete=models.CASCADE, related_name="changes")
    revision = models.IntegerField()
    how = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=300, blank=True, default="")
    added = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    removed = models.IntegerField(default=0)
    rows = PackedField()

    class Meta:
        indexes = [models.Index(fields=["table", "-id"], name="lookup_change_recent")]

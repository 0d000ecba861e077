"""The tables of connectors: data keys, connections, the effect ledger and the state of the simulated systems.

Written only by their owners: the vault (data keys), connections and oauth (connections), effects (effects), the sandbox
(everything that begins with Sandbox). A secret is only ever in `Connection.sealed`, under a key of its tenant.
"""

from __future__ import annotations

from django.db import models

from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenancy import TenantScoped
from ipaas.book.fields import IdField


class DataKey(models.Model):
    """One version of a tenant's data key, wrapped by a master key.

    The highest version that is not retired seals; retired versions still open until nothing uses them.
    A destroyed key keeps its row with nothing in it, so that what it sealed is known to be gone for good.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.IntegerField()
    wrapped = models.BinaryField()
    master_key_id = models.CharField(max_length=32, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "version"], name="data_key_version")]

    def __str__(self) -> str:
        return f"{self.tenant_id} version {self.version}"


class ConnectionStatus(models.TextChoices):
    """Whether a connection can be used."""

    OK = "ok"
    UNTESTED = "untested"
    BROKEN = "broken"
    PAUSED = "paused"


class Connection(TenantScoped):
    """A named, per-environment link to a system, holding its sealed credential.

    `revision` grows with every change that a holder of an opened credential must hear of.
    """

    id = IdField("con")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    connector = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    auth_kind = models.CharField(max_length=40)
    config = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    key_version = models.IntegerField(default=0)
    fields_set = models.JSONField(default=list)
    simulated = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=ConnectionStatus.choices, default=ConnectionStatus.UNTESTED)
    status_detail = models.JSONField(default=dict)
    revision = models.IntegerField(default=1)
    refresh_holder = models.CharField(max_length=40, blank=True, default="")
    refresh_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_used_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_failed_at = models.DateTimeField(null=True)
    last_failure = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "name"], name="connection_name")]
        indexes = [models.Index(fields=["tenant", "connector"], name="connection_by_connector")]

    def __str__(self) -> str:
        return self.name


class ConnectionHour(models.Model):
    """How many calls a connection made in one hour, how many failed, and how many the system refused."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="hours", db_index=False)
    hour = models.DateTimeField()
    calls = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "hour"], name="connection_hour")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.hour:%Y-%m-%d %H}"


class Effect(TenantScoped):
    """One outside write, recorded before it is made (`connectors.effects` has the rules).

    `key` comes from the business event; a refused effect that is tried again is a new generation of the same key.
    """

    id = IdField("eff")
    connection = models.ForeignKey(
        Connection, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False, db_index=False
    )
    connector = models.CharField(max_length=80)
    operation = models.CharField(max_length=120)
    effect_class = models.CharField(max_length=12)
    key = models.CharField(max_length=600)
    generation = models.IntegerField(default=1)
    request_hash = models.CharField(max_length=64)
    business_key = models.CharField(max_length=255, blank=True, default="")
    run_id = models.CharField(max_length=40, blank=True, default="")
    step = models.TextField(blank=True, default="")
    status = models.CharField(max_length=10)
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    request = models.JSONField(null=True)
    answer = models.JSONField(null=True)
    error = models.JSONField(null=True)
    found = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "generation"], name="effect_once")]
        indexes = [
            models.Index(fields=["tenant", "run_id"], name="effect_by_run"),
            models.Index(fields=["tenant", "business_key"], name="effect_by_business_key"),
            models.Index(fields=["tenant", "status"], name="effect_by_status"),
        ]


class SandboxState(models.Model):
    """The virtual clock of a tenant's sandbox."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="+", primary_key=True)
    clock_offset_seconds = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.clock_offset_seconds:+g} s"


class SandboxRecord(models.Model):
    """One record of one simulated system; ids grow, so they give the order of first appearance."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    system = models.CharField(max_length=80)
    collection = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "system", "collection", "key"], name="sandbox_record_key")
        ]
        indexes = [models.Index(fields=["tenant", "system", "collection", "id"], name="sandbox_record_order")]

    def __str__(self) -> str:
        return f"{self.system} {self.collection} {self.key}"


class SandboxIndex(models.Model):
    """A value by which a simulated record is found."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(SandboxRecord, on_delete=models.CASCADE, related_name="+", db_index=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    system = models.CharField(max_length=80)
    collection = models.CharField(max_length=80)
    field = models.CharField(max_length=80)
    value = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "field"], name="sandbox_index_field")]
        indexes = [
            models.Index(
                fields=["tenant", "system", "collection", "field", "value", "record"], name="sandbox_index_value"
            )
        ]

    def __str__(self) -> str:
        return f"{self.collection}.{self.field}"


class SandboxCounter(models.Model):
    """The last number given out of a simulated system's series."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    system = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "system", "name"], name="sandbox_counter_name")]

    def __str__(self) -> str:
        return f"{self.system} {self.name} {self.value}"


class SandboxFault(models.Model):
    """A fault that a simulated system shows to matching requests, `times` times more (null: until removed)."""

    id = IdField("flt")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    system = models.CharField(max_length=80)
    fault = models.CharField(max_length=30)
    match = models.JSONField(default=dict)
    times = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.system} {self.fault}"


class SandboxDelivery(models.Model):
    """A webhook that a simulated system sends; signed when it is sent."""

    id = IdField("dlv")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    system = models.CharField(max_length=80)
    event_id = models.CharField(max_length=255)
    url = models.TextField()
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    signing = models.JSONField(default=dict)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    last_status = models.IntegerField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=models.Q(next_at__isnull=False), name="sandbox_delivery_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.event_id}"


class SandboxPlay(models.Model):
    """One playing of a scenario and what its checks found."""

    id = IdField("play")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    scenario = models.CharField(max_length=80)
    status = models.CharField(max_length=10, default="running")
    checks = models.JSONField(default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.scenario} {self.status}"

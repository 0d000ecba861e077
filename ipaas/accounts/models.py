"""The tables of accounts: people, tenants, environments, memberships, grants, API tokens and the audit trail.

Written only by their owners: tenants, members, roles (grants), tokens and audit. Nothing here decides anything.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from guardian.models import UserObjectPermissionBase

from ipaas.accounts.people import People, plain_email
from ipaas.accounts.tenancy import Row, ScopedQuerySet, TenantManager, TenantScoped
from ipaas.book.fields import IdField

SLUG = RegexValidator(r"^[a-z0-9-]{1,40}\Z", "Use one to 40 small letters, digits and hyphens.")
VARIABLE_NAME = RegexValidator(
    r"^[A-Za-z_][A-Za-z0-9_]{0,63}\Z", "Use letters, digits and _, not beginning with a digit; at most 64."
)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail address. What they may do is decided per tenant, never by this row."""

    id = IdField("usr")
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **options: Any) -> None:
        self.email = plain_email(self.email)
        super().save(*args, **options)


class Tenant(models.Model):
    """The owner of everything; the object that permissions are granted on."""

    id = IdField("ten")
    slug = models.CharField(max_length=40, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("view", "See everything but secrets"),
            ("edit_flows", "Draw and publish flows"),
            ("deploy_sandbox", "Deploy to the sandbox"),
            ("deploy", "Deploy to every environment"),
            ("operate_runs", "Start, cancel, replay and resolve runs"),
            ("manage_connections", "Make, change and remove connections"),
            ("use_connections", "Bind and test connections"),
            ("play_sandbox", "Play, break and reset the sandbox"),
            ("manage_members", "Look after people, roles, tokens and the audit trail"),
            ("manage_tables", "Keep lookup tables"),
        ]

    def __str__(self) -> str:
        return self.slug


class EnvironmentName(models.TextChoices):
    """The four environments of every tenant, in the order of promotion."""

    SANDBOX = "sandbox"
    DEVELOPMENT = "development"
    QA = "qa"
    PRODUCTION = "production"


class Environment(models.Model):
    """One of a tenant's four environments."""

    id = IdField("env")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="environments")
    name = models.CharField(max_length=20, choices=EnvironmentName.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="environment_once")]

    def __str__(self) -> str:
        return self.name


class EnvironmentVariable(models.Model):
    """A setting that expressions see as `env.NAME`; not for secrets."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="variables")
    name = models.CharField(max_length=64, validators=[VARIABLE_NAME])
    value = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "name"], name="environment_variable_once")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member is in a tenant; `ipaas.accounts.roles` says what each may do."""

    ADMIN = "admin"
    ANALYST = "analyst"
    OPERATOR = "operator"
    SALES = "sales"
    VIEWER = "viewer"


class Membership(TenantScoped):
    """A person's place in a tenant."""

    id = IdField("mem")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]


class TenantGrant(UserObjectPermissionBase):
    """One permission of one person on one tenant (guardian's table); written by `ipaas.accounts.roles` alone."""

    content_object = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class ApiToken(TenantScoped):
    """A key to the API for one tenant, acting for its owner; only its SHA-256 hash is kept."""

    id = IdField("tok")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.prefix


class AppendOnly(RuntimeError):
    """Somebody tried to change or remove an entry of the audit trail."""


class AuditRows(ScopedQuerySet[Row]):
    """Entries can be read and added, nothing else."""

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit trail are never changed.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit trail are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Entries of the audit trail are never removed.")


class AuditEntry(TenantScoped):
    """Who did what to what. The database itself refuses changes (see `ipaas.accounts.append_only`)."""

    id = IdField("aud")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=40, blank=True, default="")
    actor_label = models.CharField(max_length=300)
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=40, blank=True, default="")
    target_id = models.CharField(max_length=200, blank=True, default="")
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)

    objects: TenantManager[Any] = TenantManager.from_queryset(AuditRows)()

    class Meta:
        indexes = [models.Index(fields=["tenant", "id"], name="audit_by_tenant")]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.action}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("Entries of the audit trail are never changed.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnly("Entries of the audit trail are never removed.")

"""Shapes of requests and answers of the accounts API, as serializers: they check what comes in and draw the OpenAPI.

Used by the views beside it; they never touch the database.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ipaas.accounts.api.schema import NamedChoice
from ipaas.accounts.models import VARIABLE_NAME, EnvironmentName, Role
from ipaas.accounts.roles import PERMISSIONS

_LONGEST_PASSWORD = 256


class PermissionsField(serializers.ListField):
    """The permissions of a person in a tenant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=NamedChoice("Permission", PERMISSIONS), **options)


class UserShape(serializers.Serializer[Any]):
    """A person."""

    id = serializers.CharField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)


class MyTenantShape(serializers.Serializer[Any]):
    """A tenant of mine, and what I am in it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    role = NamedChoice("Role", Role.values)
    permissions = PermissionsField()


class DemoShape(serializers.Serializer[Any]):
    """The people of the demo tenant."""

    people = serializers.ListField(child=serializers.CharField())


class SessionShape(serializers.Serializer[Any]):
    """Who is signed in, and the CSRF token that changes need."""

    user = UserShape(allow_null=True)
    csrf_token = serializers.CharField(help_text="send it as X-CSRFToken")
    tenants = MyTenantShape(many=True)
    demo = DemoShape(allow_null=True, help_text="whom a stranger may sign in as, where the demo is installed")


@extend_schema_serializer(
    examples=[OpenApiExample("sign in", {"email": "admin@demo.test", "password": "correct horse battery"})]
)
class SignIn(serializers.Serializer[Any]):
    """E-mail address and password."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False, write_only=True)


class PasswordChange(serializers.Serializer[Any]):
    """My password, and the one that I want."""

    current_password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False, write_only=True)
    new_password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False, write_only=True)


class TenantShape(MyTenantShape):
    """A tenant."""

    id = serializers.CharField()
    created_at = serializers.DateTimeField()


class TenantPatch(serializers.Serializer[Any]):
    """Changes to a tenant."""

    name = serializers.CharField(max_length=120)


class EnvironmentShape(serializers.Serializer[Any]):
    """One of a tenant's environments."""

    id = serializers.CharField()
    name = NamedChoice("EnvironmentName", EnvironmentName.values)
    variables = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text="what expressions see as env.NAME"
    )


@extend_schema_serializer(
    examples=[OpenApiExample("set one, remove one", {"variables": {"COMPANY": "EPIC06", "OLD": None}})]
)
class EnvironmentPatch(serializers.Serializer[Any]):
    """Variables to set, and with null to remove; what is not named stays."""

    variables = serializers.DictField(
        child=serializers.CharField(max_length=4000, allow_blank=True, allow_null=True, trim_whitespace=False)
    )

    def validate_variables(self, given: dict[str, str | None]) -> dict[str, str | None]:
        """Names must be names that an expression can use."""
        wrong: dict[str, list[str]] = {}
        for name in given:
            try:
                VARIABLE_NAME(name)
            except ValidationError as error:
                wrong[name] = list(error.messages)
        if wrong:
            raise serializers.ValidationError(wrong)
        return given


class MemberShape(serializers.Serializer[Any]):
    """A member of a tenant."""

    id = serializers.CharField()
    user_id = serializers.CharField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    role = NamedChoice("Role", Role.values)
    created_at = serializers.DateTimeField()


class MemberAddedShape(MemberShape):
    """A new member."""

    initial_password = serializers.CharField(
        allow_null=True, help_text="shown this once, where an account was made for the address"
    )


@extend_schema_serializer(
    examples=[OpenApiExample("an analyst", {"email": "ana@demo.test", "name": "Ana", "role": "analyst"})]
)
class MemberAdd(serializers.Serializer[Any]):
    """Whom to add, and as what."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150, allow_blank=True, required=False, default="")
    role = NamedChoice("Role", Role.values)


class MemberPatch(serializers.Serializer[Any]):
    """A member's new role."""

    role = NamedChoice("Role", Role.values)


class TokenShape(serializers.Serializer[Any]):
    """An API token, without its text."""

    id = serializers.CharField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="how the text begins")
    owner = UserShape()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class TokenIssuedShape(TokenShape):
    """A new API token."""

    token = serializers.CharField(help_text="the token's text, shown this once")


@extend_schema_serializer(examples=[OpenApiExample("without end", {"name": "nightly export"})])
class TokenCreate(serializers.Serializer[Any]):
    """A token for me."""

    name = serializers.CharField(max_length=120)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate_expires_at(self, given: Any) -> Any:
        """A token that has ended already helps nobody."""
        if given is not None and given <= timezone.now():
            raise serializers.ValidationError("Give a time in the future.")
        return given


class AuditEntryShape(serializers.Serializer[Any]):
    """Who did what to what."""

    id = serializers.CharField()
    at = serializers.DateTimeField()
    actor_id = serializers.CharField(allow_blank=True)
    actor_label = serializers.CharField()
    action = serializers.CharField()
    target_type = serializers.CharField(allow_blank=True)
    target_id = serializers.CharField(allow_blank=True)
    detail = serializers.DictField(child=serializers.JSONField(allow_null=True))
    ip = serializers.IPAddressField(allow_null=True)

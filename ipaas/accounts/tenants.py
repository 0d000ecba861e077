"""Making tenants: a tenant is born with its four environments.

Called by the create_tenant command, the demo's seeding and tests. Other layers add nothing at birth: they make what
they need (data keys, sandboxes) on first use.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from ipaas.accounts import audit
from ipaas.accounts.models import SLUG, Environment, EnvironmentName, Tenant


class SlugTaken(ValueError):
    """There is a tenant of that slug already."""


def create_tenant(slug: str, name: str) -> Tenant:
    """Make a tenant and its environments; raises `SlugTaken`, or ValueError for a slug that cannot stand in a path."""
    try:
        SLUG(slug)
    except ValidationError as error:
        raise ValueError(f"“{slug}” cannot be a slug. {error.messages[0]}") from None
    with transaction.atomic():
        if Tenant.objects.filter(slug=slug).exists():
            raise SlugTaken(f"There is a tenant with the slug “{slug}” already.")
        tenant = Tenant.objects.create(slug=slug, name=name)
        for environment in EnvironmentName:
            Environment.objects.create(tenant=tenant, name=environment)
        audit.record(tenant, "the system", "tenant.created", "tenant", tenant.id, {"slug": slug, "name": name})
    return tenant

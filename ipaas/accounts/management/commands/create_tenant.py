"""`ipaas create_tenant SLUG --name NAME --admin EMAIL`: a tenant with its environments and its first admin.

Called by operators. Prints the admin's first password where an account had to be made, and never again.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from ipaas.accounts import audit
from ipaas.accounts.members import add_member
from ipaas.accounts.models import Role
from ipaas.accounts.tenants import SlugTaken, create_tenant


class Command(BaseCommand):
    """`ipaas create_tenant`."""

    help = "Make a tenant with its four environments and its first admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="how addresses name the tenant: small letters, digits, hyphens")
        parser.add_argument("--name", default="", help="how people call it (the slug, if left out)")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="e-mail address of the first admin")

    def handle(self, **options: Any) -> None:
        try:
            validate_email(options["admin"])
            with transaction.atomic():
                tenant = create_tenant(options["slug"], options["name"] or options["slug"])
                added = add_member(tenant, options["admin"], Role.ADMIN)
                member = added.membership
                detail = {"email": member.user.email, "role": member.role}
                audit.record(tenant, "the create_tenant command", "member.added", "member", member.id, detail)
        except (SlugTaken, ValueError) as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(f"{options['admin']}: {error.messages[0]}") from None
        self.stdout.write(f"Tenant {tenant.slug} is there; {member.user.email} is its admin.")
        if added.initial_password:
            self.stdout.write(f"First password, to be changed after the first sign-in: {added.initial_password}")

"""`ipaas create_token --tenant SLUG --email EMAIL`: prints an API token and nothing else.

Called by operators and scripts; the token acts for that member with the role they have at the time of each request.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from ipaas.accounts import audit, tokens
from ipaas.accounts.models import Membership, Tenant
from ipaas.accounts.people import plain_email


class Command(BaseCommand):
    """`ipaas create_token`."""

    help = "Make an API token for a member of a tenant, and print it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="made on the command line", help="what it is for")
        parser.add_argument("--days", type=int, default=0, help="how long it lives; without end if left out")

    def handle(self, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']}.")
        members = Membership.objects.of(tenant).filter(user__email=plain_email(options["email"]))
        member = members.select_related("user").first()
        if member is None:
            raise CommandError(f"{options['email']} is not a member of {tenant.slug}.")
        if not 0 <= options["days"] <= 36_500:
            raise CommandError("--days takes a number from 1 to 36500.")
        ends_at = timezone.now() + timedelta(days=options["days"]) if options["days"] else None
        with transaction.atomic():
            text, token = tokens.issue(tenant, member.user, options["name"][:120], ends_at)
            detail = {"name": token.name, "prefix": token.prefix, "owner": member.user.email}
            audit.record(tenant, "the create_token command", "token.issued", "token", token.id, detail)
        self.stdout.write(text)

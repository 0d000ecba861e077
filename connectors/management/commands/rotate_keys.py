"""`ipaas rotate_keys [--master] [--tenant SLUG]`: new encryption keys while everything goes on running.

Calls the vault; prints counts, never a key.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors import vault
from ipaas.accounts.models import Tenant


class Command(BaseCommand):
    """Rotate the master key, one tenant's data key, or every tenant's data key."""

    help = (
        "Rotate encryption keys. Without options every tenant gets a new data key. --master makes a new master key "
        "(or takes the one now in IPAAS_MASTER_KEY, with the old one in IPAAS_MASTER_KEY_PREVIOUS) and wraps the data "
        "keys with it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--master", action="store_true", help="rotate the master key")
        parser.add_argument("--tenant", metavar="SLUG", help="rotate the data key of this tenant only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["master"]:
            self._master()
        if options["tenant"] or not options["master"]:
            self._data_keys(options["tenant"])

    def _master(self) -> None:
        try:
            count = vault.rotate_master_key()
        except vault.MasterKeyUnusable as error:
            raise CommandError(f"{error.message} {error.hint or ''}".strip()) from None
        self.stdout.write(f"Master key rotated: {count} data keys wrapped anew.")

    def _data_keys(self, slug: str | None) -> None:
        tenants = Tenant.objects.order_by("slug")
        if slug:
            tenants = tenants.filter(slug=slug)
            if not tenants.exists():
                raise CommandError(f"There is no tenant called {slug!r}.")
        for tenant in tenants:
            done = vault.rotate_data_key(tenant.id)
            line = f"{tenant.slug}: data key version {done.version}, {done.resealed} credentials sealed anew"
            if done.unreadable:
                line += f", {done.unreadable} could not be opened and were left as they are"
            self.stdout.write(line + ".")

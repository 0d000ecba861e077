"""`ipaas demo list | play SCENARIO | reset`: the sandbox's stories from the command line.

Plays against the running server over HTTP with the simulated systems' own keys; reads their books from the database.
"""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connectors.sandbox import plays, resets
from connectors.sandbox.scenarios import scenarios
from ipaas.accounts.models import Tenant


class Command(BaseCommand):
    """List, play and reset."""

    help = "Play a scenario in a tenant's sandbox against the running server, list scenarios, or reset the sandbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "play", "reset"])
        parser.add_argument("scenario", nargs="?", help="the scenario to play, or all")
        parser.add_argument("--tenant", default="demo", metavar="SLUG")
        parser.add_argument("--url", default="", help=f"the running server, usually {settings.SANDBOX_BASE_URL}")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "list":
            for scenario in scenarios().values():
                self.stdout.write(f"{scenario.name:20} {scenario.title} ({', '.join(scenario.covers)})")
            return
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant called {options['tenant']!r}. `ipaas seed_demo` makes the demo.")
        if options["what"] == "reset":
            self._reset(tenant)
        else:
            self._play(tenant, options["scenario"], options["url"] or settings.SANDBOX_BASE_URL)

    def _reset(self, tenant: Tenant) -> None:
        begun = time.monotonic()
        resets.reset_sandbox(tenant)
        self.stdout.write(f"The sandbox of {tenant.slug} is as new ({time.monotonic() - begun:.1f} s).")

    def _play(self, tenant: Tenant, name: str | None, server: str) -> None:
        known = scenarios()
        if name != "all" and name not in known:
            raise CommandError(f"Name a scenario: {', '.join(known)} (or all).")
        _must_run(server)
        failed = 0
        for scenario in known.values() if name == "all" else [known[name]]:
            self.stdout.write(f"{scenario.title}\n{scenario.story}")
            begun = time.monotonic()
            checks = asyncio.run(plays.perform(tenant, scenario, server))
            for check in checks:
                mark = self.style.SUCCESS("ok    ") if check.ok else self.style.ERROR("failed")
                self.stdout.write(f"  {mark} {check.name}: {check.detail}")
            good = sum(check.ok for check in checks)
            failed += len(checks) - good
            self.stdout.write(f"{good} of {len(checks)} checks hold after {time.monotonic() - begun:.1f} s.\n")
        if failed:
            raise CommandError(f"{failed} checks do not hold.")


def _must_run(server: str) -> None:
    if not server.startswith(("http://", "https://")):
        raise CommandError("--url is an http address, such as http://127.0.0.1:8000")
    try:
        urllib.request.urlopen(f"{server.rstrip('/')}/healthz", timeout=10).close()  # noqa: S310  scheme is checked above
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise CommandError(
            f"No server answers at {server} ({error}). Start it with `make run` or `ipaas serve`."
        ) from None

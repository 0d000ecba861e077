"""`ipaas seed_demo`: makes the demo tenant once and prints how to sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ipaas import demo


class Command(BaseCommand):
    help = (
        "Make the demo tenant (people, simulated systems, a deployed flow) unless it is there, and print the sign-ins."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = demo.seed()
        self.stdout.write(f"Demo tenant “{made.tenant.slug}” at {settings.PUBLIC_URL}")
        self.stdout.write("Sign in as " + ", ".join(made.emails))
        self.stdout.write(f"Password   {made.password}")

"""`check_connectors [NAME …]`: which connectors are installed, how good they are, and what is wrong with broken ones.

Run by authors while they build and by whoever installs a package; ends with an error when a connector is broken.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors.grading import GRADES, grade
from connectors.registry import registry


class Command(BaseCommand):
    """See the module."""

    help = "Check the installed connectors and print their grades (bronze, silver, gold) with reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="only these connectors")
        parser.add_argument("--at-least", choices=GRADES, help="fail when a connector has a lower grade")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: list[str] = options["names"]
        unknown = [name for name in wanted if name not in registry() and name not in registry().broken]
        if unknown:
            raise CommandError(f"There is no connector named {', '.join(unknown)}.")
        too_low = [
            connector.name
            for connector in registry().all()
            if (not wanted or connector.name in wanted) and not self._told(connector, options["at_least"])
        ]
        broken = {name: why for name, why in registry().broken.items() if not wanted or name in wanted}
        for name, why in broken.items():
            self.stdout.write(f"{name}: broken\n  {why}")
        if broken:
            raise CommandError(f"{len(broken)} broken: {', '.join(broken)}")
        if too_low:
            raise CommandError(f"below {options['at_least']}: {', '.join(too_low)}")

    def _told(self, connector: Any, at_least: str | None) -> bool:
        graded = grade(connector)
        counts = f"{len(connector.manifest.operations)} operations, {len(connector.manifest.triggers)} triggers"
        self.stdout.write(f"{connector.name}: {graded.grade or 'below bronze'} ({counts})")
        following = GRADES[0 if graded.grade is None else GRADES.index(graded.grade) + 1 :][:1]
        for reason in graded.lacks:
            self.stdout.write(f"  for {following[0]}: {reason}")
        return at_least is None or (graded.grade is not None and GRADES.index(graded.grade) >= GRADES.index(at_least))

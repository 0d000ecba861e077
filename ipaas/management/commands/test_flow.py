"""`ipaas test_flow FILE`: plays the tests that `export_flow` wrote with a flow's document, and says what differs.

For people and scripts at the shell. Needs neither a server nor a database, and sends nothing: calls are answered by
what was recorded. Ends with 1 when a test does not come out as expected.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from flows import flow_tests
from ipaas.documents import flow_of


class Command(BaseCommand):
    help = "Play the tests of a flow document; they are in the file itself, or beside it in FILE.tests.json."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        document, tests = flow_of(options["file"])
        if not tests:
            raise CommandError(f"There are no tests in or beside {options['file']}. Export the flow with its tests.")
        results = [flow_tests.played_alone(document, entry) for entry in tests]
        for result in results:
            self._tell(result)
        failed = sum(not result["ok"] for result in results)
        self.stdout.write(f"{len(results) - failed} of {len(results)} tests passed")
        if failed:
            sys.exit(1)

    def _tell(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"{'ok  ' if result['ok'] else 'FAIL'} {result['name']}")
        if result["error"] is not None:
            self.stdout.write(f"     {result['error'].get('pointer', '')} {result['error']['message']}".rstrip())
        for difference in result["differences"]:
            self.stdout.write(f"     {difference['pointer']}: {difference['message']}")

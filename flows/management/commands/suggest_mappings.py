"""`ipaas suggest_mappings`: suggestions of field mappings, JSON lines in, JSON lines out.

For people and pipelines at the shell, and for scoring. Touches neither database nor network.
"""

from __future__ import annotations

import sys
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from flows.mapping.suggest.suggest import suggest


class Command(BaseCommand):
    help = "Suggest field mappings: one case per line on standard input, one answer per line on standard output."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for number, line in enumerate(sys.stdin.buffer, start=1):
            if not line.strip():
                continue
            try:
                case = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise CommandError(f"Line {number} is not JSON: {error}") from None
            self.stdout.write(orjson.dumps(suggest(_checked(case, number))).decode())


def _checked(case: Any, number: int) -> dict[str, Any]:
    if not isinstance(case, dict):
        raise CommandError(f"Line {number} must be an object with source_schema and target_schema.")
    for part in ("source_schema", "target_schema"):
        fields = case.get(part)
        if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
            raise CommandError(f"Line {number}: “{part}” must be a list of fields with path and type.")
    return case

"""`ipaas validate_flow FILE`: checks a flow document as publishing does; exit code 1 when it has errors.

For people and build pipelines at the shell. Asks `flows.publishing` for the problems; saves nothing.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from flows.publishing import problems_of
from ipaas.documents import read_json


class Command(BaseCommand):
    help = "Check a flow document; prints every problem with its JSON pointer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the document, or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = problems_of(read_json(options["file"]))
        for problem in problems:
            hint = f" {problem.hint}" if problem.hint else ""
            self.stdout.write(f"{problem.severity}: {problem.pointer or '/'}: {problem.message}{hint} [{problem.code}]")
        if any(problem.severity == "error" for problem in problems):
            sys.exit(1)
        self.stdout.write("The document can be published.")

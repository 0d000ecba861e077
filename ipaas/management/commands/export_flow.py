"""`ipaas export_flow ID`: prints a flow's document as JSON, for git or another installation.

For people and scripts at the shell; reads a draft or a version and changes nothing. What it prints holds the aliases
of connections, never a credential.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from flows import flow_tests
from flows.models import Flow, Version
from ipaas.documents import tenant_of, tests_beside


class Command(BaseCommand):
    help = "Print a flow's draft, or one of its versions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("flow", help="id or exact name of the flow")
        parser.add_argument("--tenant", default="demo")
        parser.add_argument("--file", help="write the document there, and the flow's tests beside it (FILE.tests.json)")
        parser.add_argument("--tests", action="store_true", help="print one object with the document and its tests")
        parser.add_argument("--number", type=int, help="number of a version; the draft when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = tenant_of(options["tenant"])
        flows = Flow.objects.of(tenant).filter(deleted_at=None)
        flow = flows.filter(id=options["flow"]).first() or flows.filter(name=options["flow"]).first()
        if flow is None:
            raise CommandError(f"There is no flow “{options['flow']}” in {tenant.slug}.")
        document = flow.draft
        if options["number"] is not None:
            version = Version.objects.of(tenant).filter(flow=flow, number=options["number"]).first()
            if version is None:
                raise CommandError(f"“{flow.name}” has no version {options['number']}.")
            document = version.document
        tests = flow_tests.exported(flow)
        if options["file"]:
            Path(options["file"]).write_bytes(_text(document))
            if tests:
                tests_beside(options["file"]).write_bytes(_text({"tests": tests}))
        else:
            self.stdout.write(_text({"document": document, "tests": tests} if options["tests"] else document).decode())


def _text(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)

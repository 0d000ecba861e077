"""`ipaas import_flow FILE`: makes a flow, or a new draft of it, out of a document file.

For people and scripts at the shell, the counterpart of `export_flow`. Saves through `flows.publishing` in the name of
a person; never publishes and never deploys.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from flows import flow_tests, publishing
from flows.models import Flow
from ipaas.accounts.models import User
from ipaas.documents import flow_of, tenant_of


class Command(BaseCommand):
    help = "Make a flow, with its tests, out of a file; a flow of the same name gets it as its draft. Prints its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", required=True, help="the person who imports it")
        parser.add_argument("--tenant", default="demo")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = tenant_of(options["tenant"])
        person = User.objects.filter(email=options["email"].lower()).first()
        if person is None:
            raise CommandError(f"Nobody has the e-mail address {options['email']}.")
        document, tests = flow_of(options["file"])
        flow = Flow.objects.of(tenant).filter(name=options["name"], deleted_at=None).first()
        if flow is None:
            flow = publishing.create_flow(tenant, person, options["name"], document)
        else:
            flow = publishing.save_draft(flow, person, document, None)
        flow_tests.imported(flow, person, tests)
        self.stdout.write(flow.id)

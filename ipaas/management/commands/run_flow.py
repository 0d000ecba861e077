"""`ipaas run_flow FILE --event FILE`: carries one event through a document in an environment, and prints the end.

The document becomes a flow of that name (its newest version, deployed); the run is an ordinary one in the book. When a
server is already running flows on this data, it carries the run; otherwise this command does.
"""

from __future__ import annotations

import asyncio
import sys
import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand, CommandError

from flows import deployed, publishing
from flows.control import ACTIVE
from flows.intake import Arrival, admit
from flows.models import Flow, Run
from flows.reading import facts_after, run_items
from ipaas.accounts.models import Environment, Tenant, User
from ipaas.background import RUN_FLOWS, AnotherProcessRuns, Background
from ipaas.documents import only_connections, read_json, tenant_of


class Command(BaseCommand):
    help = "Run a flow document once with an event, in a tenant's environment (default: the demo tenant's sandbox)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the flow document")
        parser.add_argument("--event", required=True, help="JSON file with the body of the event")
        parser.add_argument("--tenant", default="demo")
        parser.add_argument("--environment", default="sandbox")
        parser.add_argument("--seconds", type=float, default=60.0, help="how long to wait for the end")
        parser.add_argument("--facts", action="store_true", help="print every fact, one JSON line each")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = tenant_of(options["tenant"])
        environment = Environment.objects.filter(tenant=tenant, name=options["environment"]).first()
        if environment is None:
            raise CommandError(f"There is no environment “{options['environment']}”.")
        deployment_id = _deploy(tenant, environment, options["file"])
        body = orjson.dumps(read_json(options["event"]))
        run_id = asyncio.run(_run(deployment_id, body, options["seconds"]))
        self._print(tenant, run_id, options["facts"])

    def _print(self, tenant: Tenant, run_id: str, with_facts: bool) -> None:
        if with_facts:
            for entry in facts_after(tenant, run_id, 0):
                for fact in entry["facts"]:
                    self.stdout.write(orjson.dumps(fact).decode())
        run = Run.objects.of(tenant).get(id=run_id)
        self.stdout.write(orjson.dumps(run_items([run])[0], option=orjson.OPT_INDENT_2).decode())
        if run.status != "succeeded":
            sys.exit(1)


def _deploy(tenant: Tenant, environment: Environment, file: str) -> str:
    document = read_json(file)
    person = User.objects.filter(id__in=[grant.user_id for grant in tenant.grants.all()]).order_by("id").first()
    if person is None:
        raise CommandError(f"Tenant “{tenant.slug}” has no members.")
    name = f"{file.rpartition('/')[2].removesuffix('.json')} (command)"
    flow = Flow.objects.of(tenant).filter(name=name, deleted_at=None).first()
    if flow is None:
        flow = publishing.create_flow(tenant, person, name, document)
    else:
        publishing.save_draft(flow, person, document, None)
    try:
        version = publishing.publish(flow, person, "Run from the command line")
    except publishing.Refused as error:
        raise CommandError("\n".join(f"{p.pointer}: {p.message}" for p in error.problems)) from None
    bound = only_connections(tenant, environment, document)
    return publishing.deploy(publishing.Deploy(version, environment, bound, person, subscribe=False)).id


async def _run(deployment_id: str, body: bytes, seconds: float) -> str:
    background = Background(frozenset({RUN_FLOWS}))
    try:
        await background.start()
    except AnotherProcessRuns:
        background = None  # type: ignore[assignment]
    try:
        at_work = await sync_to_async(deployed.load)(deployment_id)
        meta = {"content_type": "application/json"}
        admitted = await admit(Arrival(at_work, "manual", "", datetime.now(UTC), meta, body))
        deadline = time.monotonic() + seconds
        while await sync_to_async(_is_active)(at_work.tenant_id, admitted.run_id):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        return admitted.run_id
    finally:
        if background is not None:
            await background.stop()


def _is_active(tenant_id: str, run_id: str) -> bool:
    return Run.objects.of(tenant_id).get(id=run_id).status in ACTIVE

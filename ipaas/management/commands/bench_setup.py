"""`ipaas bench_setup`: makes the tenant, connection and flow that the benchmarks measure, and prints how to reach them.

The flow is: webhook, map of eight fields, condition, one HTTP POST to a stub.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand

from connectors.connections import By, NewConnection, create
from flows import publishing, subscriptions
from flows.models import Flow, TriggerState
from ipaas.accounts import tokens
from ipaas.accounts.members import add_member
from ipaas.accounts.models import Environment, Tenant, User
from ipaas.accounts.tenants import create_tenant

_SLUG = "bench"
_EMAIL = "bench@bench.test"


class Command(BaseCommand):
    help = "Make the benchmark's tenant and flow; prints its address as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stub", required=True, help="address that the flow posts to")
        parser.add_argument("--json", action="store_true", help="kept for scripts: the answer is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=_SLUG).first() or create_tenant(_SLUG, "Benchmark")
        if not User.objects.filter(email=_EMAIL).exists():
            add_member(tenant, _EMAIL, "admin", name="Benchmark")
        person = User.objects.get(email=_EMAIL)
        environment = Environment.objects.get(tenant=tenant, name="development")
        stub = urlsplit(options["stub"])
        new = NewConnection(
            name="Stub",
            connector="http",
            auth_kind="none",
            config={
                "base_url": f"{stub.scheme}://{stub.netloc}",
                "accept_unsigned": True,
                "signature": "unsigned",
                "requests_per_second": 100_000,
                "concurrency": 200,
            },
        )
        connection = create(environment, new, By(person))
        webhook = _deployed(tenant, person, environment, "Webhook to HTTP", _webhook_flow(stub.path), connection.id)
        text, _ = tokens.issue(tenant, person, "bench")
        state = TriggerState.objects.of(tenant).get(flow=webhook)
        answer = {
            "webhook_url": subscriptions.address_of(state),
            "headers": {},
            "token": text,
            "flow": webhook.id,
            "environment": environment.name,
        }
        self.stdout.write(json.dumps(answer))


def _deployed(
    tenant: Tenant, person: User, environment: Environment, name: str, document: dict[str, Any], connection: str
) -> Flow:
    flow = publishing.create_flow(tenant, person, name, document)
    version = publishing.publish(flow, person, "")
    bound = {"target": connection}
    publishing.deploy(publishing.Deploy(version, environment, bound, person, subscribe=False))
    return flow


def _webhook_flow(path: str) -> dict[str, Any]:
    rules: list[dict[str, Any]] = [
        {"target": "external_id", "source": "trigger.body.id"},
        {"target": "total", "source": "trigger.body.amount",
         "transforms": [{"fn": "minor_to_decimal", "currency": "usd"}]},
        {"target": "currency", "source": "trigger.body.currency", "transforms": [{"fn": "upper"}]},
        {"target": "customer.name", "source": "trigger.body.customer.name"},
        {"target": "customer.email", "source": "trigger.body.customer.email", "transforms": [{"fn": "lower"}]},
        {"target": "ship_to.city", "source": "trigger.body.address.city"},
        {"target": "company", "source": "trigger.body.metadata.erp_company", "default": "EPIC01"},
        {"target": "sent_at", "source": "trigger.body.sent_at"},
    ]  # fmt: skip
    return {
        "schema": 1,
        "connections": {"target": {"connector": "http"}},
        "settings": {"business_key": "{{ trigger.body.id }}"},
        "nodes": [
            {"id": "arrived", "kind": "trigger", "params": {"type": "webhook", "connection": "target"}},
            {"id": "order", "kind": "map", "params": {"rules": rules}},
            {
                "id": "paid",
                "kind": "condition",
                "params": {
                    "branches": [{"port": "large", "when": "steps.order.total > 100000"}],
                    "otherwise": "usual",
                },
            },
            {
                "id": "post",
                "kind": "call",
                "params": {
                    "connection": "target",
                    "operation": "request_keyed",
                    "input": {"path": path, "body": "{{ steps.order }}"},
                },
            },
        ],
        "edges": [
            {"from": "arrived", "to": "order"},
            {"from": "order", "to": "paid"},
            {"from": "paid", "port": "usual", "to": "post"},
        ],
    }

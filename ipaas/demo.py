"""The demo tenant: its people, its simulated connections, and the first template deployed to its sandbox.

Called by `ipaas seed_demo`; everything is made once and found again the next time, so seeding twice changes nothing.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

from django.conf import settings

from connectors import connections
from connectors.models import Connection
from connectors.registry import registry
from connectors.sandbox.resets import ensure_seeded
from flows import publishing
from flows.models import Flow
from flows.templates import install, templates
from ipaas.accounts.members import add_member
from ipaas.accounts.models import Environment, Tenant, User
from ipaas.accounts.tenants import create_tenant

SLUG = "demo"
ROLES = ("admin", "analyst", "sales", "viewer", "operator")
TEMPLATE = "stripe_order_to_cash"
_NAMES = {
    "admin": "Ada Admin",
    "analyst": "Ana Analyst",
    "sales": "Sam Sales",
    "viewer": "Vera Viewer",
    "operator": "Olu Operator",
}


@dataclass(slots=True)
class Demo:
    """What was seeded."""

    tenant: Tenant
    password: str
    emails: list[str]


def seed() -> Demo:
    """Make whatever of the demo is not there yet."""
    tenant = Tenant.objects.filter(slug=SLUG).first()
    if tenant is None:
        tenant = create_tenant(SLUG, "Demo Industrial Supply")
    password = _password()
    people = [_person(tenant, role, password) for role in ROLES]
    admin = people[0]
    ensure_seeded(tenant)
    bound = {
        "stripe": _simulated(tenant, admin, "stripe", "Stripe (simulated)").id,
        "epicor": _simulated(tenant, admin, "epicor_kinetic", "Epicor Kinetic (simulated)").id,
    }
    if not Flow.objects.of(tenant).filter(template=TEMPLATE).exists():
        _deploy(tenant, admin, bound)
    return Demo(tenant, password, [person.email for person in people])


def _password() -> str:
    """From IPAAS_DEMO_PASSWORD, else one made for this data folder and kept beside it."""
    if settings.DEMO_PASSWORD:
        return str(settings.DEMO_PASSWORD)
    path = settings.DATA_DIR / "demo_password"
    if not path.exists():
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"demo-{secrets.token_hex(4)}")
    return path.read_text().strip()


def _person(tenant: Tenant, role: str, password: str) -> User:
    email = f"{role}@demo.test"
    person = User.objects.filter(email=email).first()
    if person is None:
        add_member(tenant, email, role, name=_NAMES[role], password=password)
        return User.objects.get(email=email)
    if not person.check_password(password):
        person.set_password(password)
        person.save(update_fields=["password"])
    return person


def _simulated(tenant: Tenant, admin: User, connector: str, name: str) -> Connection:
    """A connection to the tenant's own simulated system, with its fake keys."""
    environment = Environment.objects.get(tenant=tenant, name="sandbox")
    found = Connection.objects.of(tenant).filter(environment=environment, connector=connector, simulated=True).first()
    if found is not None:
        return found
    return connections.create_simulated(tenant, environment, registry().get(connector), name, actor=admin)


def _deploy(tenant: Tenant, admin: User, bound: dict[str, str]) -> None:
    flow = install(tenant, admin, templates()[TEMPLATE])
    version = publishing.publish(flow, admin, "Installed with the demo")
    environment = Environment.objects.get(tenant=tenant, name="sandbox")
    # The simulated Stripe answers only once the server runs, so the webhook is subscribed when it starts.
    publishing.deploy(publishing.Deploy(version, environment, bound, admin, subscribe=False))

"""Tenants, members and clients for the tests of the API.

Everything is made through the product's own use cases; caches that count attempts are empty at the start of each test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from ipaas.accounts import tokens
from ipaas.accounts.members import add_member
from ipaas.accounts.models import Membership, Tenant, User
from ipaas.accounts.tenants import create_tenant

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Member:
    """A member with a client that carries their API token."""

    membership: Membership
    user: User
    client: APIClient
    token_text: str


def bearer(text: str) -> APIClient:
    """A client that presents an API token."""
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def join(tenant: Tenant, role: str, email: str) -> Member:
    """Make somebody a member of a tenant, with a token."""
    membership = add_member(tenant, email, role, name=role.title(), password=PASSWORD).membership
    text, _ = tokens.issue(tenant, membership.user, f"{role}'s token")
    return Member(membership, membership.user, bearer(text), text)


@pytest.fixture(autouse=True)
def _no_attempts_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def acme(db: None) -> Tenant:
    """The tenant under test."""
    return create_tenant("acme", "Acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    """Another tenant."""
    return create_tenant("globex", "Globex")


@pytest.fixture
def admin(acme: Tenant) -> Member:
    """An admin of acme."""
    return join(acme, "admin", "admin@acme.test")


@pytest.fixture
def stranger(globex: Tenant) -> Member:
    """An admin of globex, who is nobody in acme."""
    return join(globex, "admin", "admin@globex.test")


@pytest.fixture
def new_member(acme: Tenant) -> Callable[[str], Member]:
    """Make a member of acme with a role."""
    return lambda role: join(acme, role, f"{role}.colleague@acme.test")

"""The sandbox's database store behaves like its in-memory twin, whatever is done to it, and keeps tenants apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from connectors.models import SandboxIndex, SandboxRecord
from connectors.sandbox.store import TransactionStore, short
from connectors.sdk.simulator import MemoryStore
from ipaas.accounts.models import Tenant
from ipaas.accounts.tenants import create_tenant
from ipaas.book.transaction import Transaction

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
KEYS = st.sampled_from(["a", "b", "c", "d"])
COLLECTIONS = st.sampled_from(["Customers", "Orders"])
VALUES = st.sampled_from(["x", "y"])
INDEX = st.none() | st.dictionaries(st.sampled_from(["email", "name"]), VALUES, max_size=2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), COLLECTIONS, KEYS, st.integers(0, 9), INDEX),
        st.tuples(st.just("delete"), COLLECTIONS, KEYS),
        st.tuples(st.just("next_number"), st.sampled_from(["n", "m"])),
        st.tuples(st.just("commit")),
        st.tuples(st.just("get"), COLLECTIONS, KEYS),
        st.tuples(st.just("list"), COLLECTIONS, st.booleans()),
        st.tuples(st.just("find"), COLLECTIONS, st.sampled_from(["email", "name"]), VALUES, st.booleans()),
    ),
    max_size=30,
)


def store_of(tenant: Tenant, system: str = "desk") -> TransactionStore:
    connection.ensure_connection()
    return TransactionStore(Transaction(connection), tenant.id, system, NOW)


def do(store: Any, step: tuple[Any, ...]) -> Any:
    name, *rest = step
    if name == "put":
        collection, key, number, index = rest
        return store.put(collection, key, {"key": key, "number": number}, index)
    if name in ("list", "find"):
        *arguments, newest_first = rest
        return getattr(store, name)(*arguments, newest_first=newest_first)
    return getattr(store, name)(*rest)


class TestTwin(TestCase):
    """Property: the same steps answer the same, before and after commits."""

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_the_same_steps_have_the_same_answers_in_the_database_and_in_memory(self, steps: list[Any]) -> None:
        tenant = create_tenant("twin", "Twin")
        memory, store = MemoryStore(lambda: NOW), store_of(tenant)

        for step in steps:
            if step[0] == "commit":
                store.flush()
                store = store_of(tenant)
            else:
                assert do(store, step) == do(memory, step), step
        store.flush()

        after = store_of(tenant)
        for collection in ("Customers", "Orders"):
            assert after.list(collection) == memory.list(collection)
            for field in ("email", "name"):
                for value in ("x", "y"):
                    assert after.find(collection, field, value) == memory.find(collection, field, value)


@pytest.mark.django_db
def test_what_is_not_flushed_was_never_written() -> None:
    tenant = create_tenant("acme", "Acme")
    store = store_of(tenant)

    store.put("Customers", "1", {"name": "Ada"}, {"name": "Ada"})

    assert store.is_dirty
    assert store.get("Customers", "1") == {"name": "Ada"}
    assert SandboxRecord.objects.count() == 0


@pytest.mark.django_db
def test_tenants_and_systems_do_not_see_each_other() -> None:
    acme, globex = create_tenant("acme", "Acme"), create_tenant("globex", "Globex")
    for tenant, system in ((acme, "desk"), (acme, "shop"), (globex, "desk")):
        store = store_of(tenant, system)
        store.put("Customers", "1", {"of": tenant.slug, "in": system}, {"email": "a@b.test"})
        store.next_number("n")
        store.flush()

    store = store_of(acme)

    assert store.list("Customers") == [{"of": "acme", "in": "desk"}]
    assert store.find("Customers", "email", "a@b.test") == [{"of": "acme", "in": "desk"}]
    assert store.next_number("n") == 2
    assert SandboxRecord.objects.count() == 3


@pytest.mark.django_db
def test_keys_and_values_of_any_length_and_character_are_found_again() -> None:
    tenant = create_tenant("acme", "Acme")
    odd = ["x" * 5000, "with\x00nul", "Zoë 漢字", "", "' OR 1=1 --"]
    store = store_of(tenant)
    for text in odd:
        store.put("Customers", text, {"text": text}, {"email": text})
    store.flush()

    after = store_of(tenant)

    assert [after.get("Customers", text) for text in odd] == [{"text": text} for text in odd]
    assert [after.find("Customers", "email", text) for text in odd] == [[{"text": text}] for text in odd]
    assert all(len(short(text)) <= 255 for text in odd)


@pytest.mark.django_db
def test_finding_one_of_many_reads_by_index() -> None:
    tenant = create_tenant("acme", "Acme")
    store = store_of(tenant)
    for number in range(2000):
        store.put("Customers", str(number), {"number": number}, {"email": f"{number}@b.test"})
    store.flush()

    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{explain} SELECT r.id FROM connectors_sandboxindex i JOIN connectors_sandboxrecord r "
            "ON r.id = i.record_id WHERE i.tenant_id = %s AND i.system = %s AND i.collection = %s "
            "AND i.field = %s AND i.value = %s",
            [tenant.id, "desk", "Customers", "email", "7@b.test"],
        )
        plan = " ".join(str(row) for row in cursor.fetchall())

    assert store_of(tenant).find("Customers", "email", "1999@b.test") == [{"number": 1999}]
    assert "sandbox_index_value" in plan
    assert "SCAN" not in plan
    assert SandboxIndex.objects.count() == 2000

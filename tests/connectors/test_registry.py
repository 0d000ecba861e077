"""The registry, the manifest's checks, the grades, and the commands for authors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

import connectors.registry as registries
from connectors.gateway import Gateway
from connectors.grading import grade
from connectors.models import Connection
from connectors.registry import Registry, UnknownConnector, library_sources, public_description, registry
from connectors.sdk.contract import Bench
from connectors.sdk.errors import AuthorMustFix
from connectors.sdk.manifest import load_manifest
from connectors.threads import in_thread
from ipaas.accounts.models import Tenant

GOOD = """
name: {name}
title: Good
description: Works.
category: general
version: "1"
hosts: [api.example.com]
base_url: https://api.example.com
auth: [{{kind: none}}]
operations:
  read: {{title: Read, description: Reads, effect: read, input: {{type: object}}, output: {{}},
    request: {{method: GET, path: /x}}}}
"""


def _write(library: Path, name: str, manifest: str, **files: str) -> Path:
    folder = library / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""A connector."""\n')
    (folder / "manifest.yaml").write_text(manifest)
    for file, text in files.items():
        (folder / f"{file}.py").write_text(text)
    return folder


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library folder that Python can import from, as the package `made_connectors`."""
    folder = tmp_path / "made_connectors"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Connectors made by a test."""\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("made_connectors")]:
        del sys.modules[name]


def _registry(library: Path) -> Registry:
    return Registry(library_sources(library, "made_connectors"))


def test_a_broken_connector_is_reported_and_the_others_work(library: Path) -> None:
    _write(library, "good", GOOD.format(name="good"))
    _write(library, "typo", GOOD.format(name="typo").replace("effect: read", "effect: reed"))
    _write(library, "crash", GOOD.format(name="crash"), operations="raise RuntimeError('at import')")
    _write(library, "unread", "name: [")
    (library / "empty").mkdir()
    (library / "_ignored").mkdir()

    found = _registry(library)

    assert found.names() == ("good",)
    assert sorted(found.broken) == ["crash", "empty", "typo", "unread"]
    assert found.broken["crash"] == "RuntimeError: at import"
    assert found.broken["typo"].startswith("/operations/read/effect: 'reed' is not one of")
    assert found.broken["empty"] == "empty has no manifest.yaml or manifest.json."
    with pytest.raises(UnknownConnector):
        found.get("typo")


@pytest.mark.parametrize(
    "change, pointer",
    [
        (("name: bad", "name: other"), "/name"),
        (("path: /x}", "path: '/{id}'}"), "/operations/read/request/path"),
        (("effect: read", "effect: keyed"), "/operations/read"),
        (("effect: read", "effect: findable"), "/operations/read"),
        (("input: {type: object}", "input: {type: object, minimum: nonsense}"), "/operations/read/input"),
        (("auth: [{kind: none}]", "auth: [{kind: token_login}]"), "/auth/0"),
        (("version: \"1\"", "version: \"1\"\nsurprise: 1"), ""),
        (("auth: [", "errors: [{when: {status: 200}, class: rejected}]\nauth: ["), "/errors/0/when"),
        (("auth: [{kind: none}]", "auth: [{kind: none}]\ntest_operation: nothing"), "/test_operation"),
    ],
)  # fmt: skip
def test_a_wrong_manifest_names_the_place(library: Path, change: tuple[str, str], pointer: str) -> None:
    text = GOOD.format(name="bad")
    assert change[0] in text
    folder = _write(library, "bad", text.replace(*change))

    with pytest.raises(AuthorMustFix) as refused:
        load_manifest(folder)

    assert refused.value.pointer == pointer


def test_an_operation_without_request_or_function_is_refused(library: Path) -> None:
    text = GOOD.format(name="bare").replace(",\n    request: {method: GET, path: /x}", "")
    _write(library, "bare", text)
    _write(library, "coded", text.replace("name: bare", "name: coded"), operations="async def read(http, inputs): ...")

    found = _registry(library)

    assert found.names() == ("coded",)
    assert "neither a request nor a function read" in found.broken["bare"]


def test_the_public_description_holds_schemas_and_no_code() -> None:
    described = public_description(registry().get("http"))

    assert {key: described[key] for key in ("name", "title", "category", "has_simulator")} == {
        "name": "http", "title": "HTTP", "category": "general", "has_simulator": True,
    }  # fmt: skip
    assert [auth["kind"] for auth in described["auth"]] == ["bearer", "basic", "api_key", "none"]
    assert [(operation["name"], operation["effect"]) for operation in described["operations"]] == [
        ("get", "read"),
        ("request_idempotent", "idempotent"),
        ("request_keyed", "keyed"),
        ("request_unsafe", "unsafe"),
    ]


def test_the_http_connector_is_gold() -> None:
    graded = grade(registry().get("http"))

    assert (graded.grade, graded.lacks) == ("gold", ())


def test_check_connectors_prints_grades_and_fails_for_a_broken_one(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(library, "good", GOOD.format(name="good"))
    _write(library, "bad", "name: bad")
    monkeypatch.setattr(registries, "_registry", _registry(library))
    out = StringIO()

    with pytest.raises(CommandError, match="1 broken: bad"):
        call_command("check_connectors", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0] == "good: below bronze (1 operations, 0 triggers)"
    assert "  for bronze: README.md is missing" in lines
    assert "bad: broken" in lines


def test_check_connectors_can_demand_a_grade(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(library, "good", GOOD.format(name="good"))
    monkeypatch.setattr(registries, "_registry", _registry(library))

    with pytest.raises(CommandError, match="below silver: good"):
        call_command("check_connectors", "--at-least", "silver", stdout=StringIO())


@pytest.mark.parametrize("name", ["Bad", "1st", "a-b", "../x", "a"])
def test_new_connector_refuses_a_bad_name_and_writes_nothing(library: Path, name: str) -> None:
    before = sorted(library.parent.rglob("*"))

    with pytest.raises(CommandError):
        call_command("new_connector", name, "--folder", str(library), stdout=StringIO())

    assert sorted(library.parent.rglob("*")) == before


def test_new_connector_does_not_overwrite(library: Path) -> None:
    _write(library, "good", "mine")

    with pytest.raises(CommandError, match="exists already"):
        call_command("new_connector", "good", "--folder", str(library), stdout=StringIO())

    assert (library / "good" / "manifest.yaml").read_text() == "mine"


async def test_a_new_connector_is_bronze_and_keeps_the_contract(
    library: Path, monkeypatch: pytest.MonkeyPatch, tenant: Tenant, settings: Any
) -> None:
    from tests.connectors.test_contract import _caller, _connect

    call_command("new_connector", "acme_erp", "--folder", str(library), stdout=StringIO())
    made = _registry(library)
    monkeypatch.setattr(registries, "_registry", made)
    connector = made.get("acme_erp")
    gateway = Gateway(allow=[])

    async def open_caller(server: Any) -> Any:
        settings.SANDBOX_BASE_URL = server.url
        key = {"api_key": connector.simulator(None).credentials()["api_key"]}  # type: ignore[misc,arg-type]
        row: Connection = await in_thread(_connect, tenant, "acme_erp", "api_key", key, {})
        return _caller(gateway, row)

    assert connector.simulator is not None
    secrets = ("sim_acme_erp_key_0001",)
    bench = Bench(connector.manifest, connector.folder, connector.simulator, open_caller, secrets, tenant.slug)
    for operation in connector.manifest.operations:
        await bench.check(operation)
    await gateway.close()

    assert grade(connector).grade == "bronze"
    assert connector.manifest.title == "Acme Erp"

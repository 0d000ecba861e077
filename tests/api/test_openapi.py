"""The OpenAPI document is complete and true to form: generated without a warning, valid, every operation described."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.api.samples import Operation, document, operations

TENANT = "/api/v1/tenants/{tenant}/"
EVERYTHING = operations()
OPEN_TO_ALL = {"session_read", "session_create", "session_delete"}


def test_the_document_is_generated_without_a_warning_and_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(file), fail_on_warn=True, validate=True)

    assert file.read_text().startswith("openapi: 3.1.0\n")


def test_the_document_is_served_to_anybody(db: None) -> None:
    answer = APIClient().get("/api/schema/")

    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.json()["paths"].keys() == document()["paths"].keys()


def test_there_are_two_ways_to_sign_in() -> None:
    schemes = document()["components"]["securitySchemes"]

    assert {name: (scheme["type"], scheme.get("scheme"), scheme.get("in")) for name, scheme in schemes.items()} == {
        "Bearer": ("http", "bearer", None),
        "Cookie": ("apiKey", None, "cookie"),
    }


def test_operation_ids_are_words_and_each_is_there_once() -> None:
    ids = [operation.description["operationId"] for operation in EVERYTHING]

    assert sorted(ids) == sorted(set(ids))
    assert [name for name in ids if not name.replace("_", "").isalnum()] == []


@pytest.mark.parametrize("operation", EVERYTHING, ids=str)
def test_an_operation_says_what_it_does_and_how_it_refuses(operation: Operation) -> None:
    told = operation.description
    answers = {int(status) for status in told["responses"]}
    takes_body = "requestBody" in told

    assert told.get("summary", "").strip(" .") != ""
    assert told["tags"] != []
    assert len({status for status in answers if status < 400}) >= 1
    assert 400 in answers
    assert (401 in answers) or told["operationId"] in OPEN_TO_ALL
    assert (404 in answers) or not operation.path.startswith(TENANT)
    assert ({413, 415, 422} <= answers) or not takes_body
    assert {
        status for status, answer in told["responses"].items() if int(status) >= 400 and _media_types(answer) != PROBLEM
    } == set()


PROBLEM = {"application/problem+json"}


def _media_types(answer: dict[str, dict[str, object]]) -> set[str]:
    return set(answer.get("content", {}))


@pytest.mark.parametrize("operation", operations(TENANT), ids=str)
def test_a_route_below_a_tenant_says_what_its_addresses_look_like(operation: Operation) -> None:
    parameters = [row for row in operation.description["parameters"] if row["in"] == "path"]

    assert parameters[-1]["required"] is True
    assert [
        row["name"] for row in parameters if not row["schema"].keys() & {"pattern", "maximum", "enum", "$ref"}
    ] == []

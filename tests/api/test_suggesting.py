"""Suggestions over HTTP: the case's shape is checked, and members may ask."""

from __future__ import annotations

from tests.api.conftest import Member

PATH = "/api/v1/tenants/acme/mapping/suggest/"
CASE = {
    "id": "c",
    "source_schema": [{"path": "email", "type": "string"}],
    "target_schema": [{"path": "EMailAddress", "type": "string"}],
}


def test_a_member_is_given_suggestions(admin: Member) -> None:
    answer = admin.client.post(PATH, CASE, format="json")

    assert answer.status_code == 200
    [entry] = answer.json()["suggestions"]
    assert entry["target"] == "EMailAddress"
    assert entry["candidates"][0]["source"] == ["email"]


def test_somebody_of_another_tenant_is_not(admin: Member, stranger: Member) -> None:
    answer = stranger.client.post(PATH, CASE, format="json")

    assert answer.status_code == 404


def test_a_case_without_schemas_is_refused_in_words(admin: Member) -> None:
    answer = admin.client.post(PATH, {"source_schema": [{"type": "string"}]}, format="json")

    assert answer.status_code in (400, 422)
    assert "target_schema" in answer.content.decode()

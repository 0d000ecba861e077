"""Suggestions of field mappings over HTTP: one case in, one answer out.

Routed by `flows.api.urls`; the work is `flows.mapping.suggest`, pure and offline. Keeps nothing of what it is given.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from flows.api.shapes import AnyJson
from flows.mapping.suggest.suggest import suggest
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.schema import documented

MOST_FIELDS = 1500


class SchemaFieldShape(serializers.Serializer[Any]):
    """One field of a schema."""

    path = serializers.CharField(max_length=500, help_text="dotted; `[]` marks a list: `lines[].quantity`")
    type = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=5000)
    examples = serializers.ListField(child=AnyJson(allow_null=True), required=False, allow_null=True, max_length=50)
    enum = serializers.ListField(child=AnyJson(allow_null=True), required=False, allow_null=True, max_length=500)


class SuggestRequest(serializers.Serializer[Any]):
    """Two schemas to be matched."""

    id = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    source_system = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    target_system = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    source_schema = SchemaFieldShape(many=True)
    target_schema = SchemaFieldShape(many=True)

    def validate_source_schema(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """At most MOST_FIELDS fields."""
        return _bounded(fields)

    def validate_target_schema(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """At most MOST_FIELDS fields."""
        return _bounded(fields)


def _bounded(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(fields) > MOST_FIELDS:
        raise serializers.ValidationError(f"At most {MOST_FIELDS} fields can be matched at once.")
    return fields


class CandidateShape(serializers.Serializer[Any]):
    """A source for a target."""

    source = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    score = serializers.FloatField(help_text="the chance that it is the right one, if the target is filled at all")
    transform = serializers.CharField(help_text="copy, lookup, enum, date, concat, split, scale, bool, calc, first …")
    transforms = serializers.ListField(child=AnyJson(), help_text="transforms of the catalogue, run on the examples")
    reason = serializers.CharField()
    selected = serializers.BooleanField(help_text="worth drawing without being asked")
    example = AnyJson(required=False, help_text="what an example becomes")


class TargetSuggestionShape(serializers.Serializer[Any]):
    """A target with its candidates, best first."""

    target = serializers.CharField()
    candidates = CandidateShape(many=True)


class SuggestAnswer(serializers.Serializer[Any]):
    """Suggestions for every target that has any."""

    id = serializers.CharField(allow_blank=True)
    accept = serializers.FloatField(help_text="the score from which all may be accepted at once")
    suggestions = TargetSuggestionShape(many=True)


class SuggestMappings(TenantView):
    """Which source fields fill which target fields."""

    permission = {"POST": "view"}

    @documented(request=SuggestRequest, responses=SuggestAnswer, problems=(422,))
    def post(self, request: Request, **ids: str) -> Response:
        """Suggest sources and transforms for the fields of a target schema, each with a score and a reason."""
        return Response(suggest(self.checked(SuggestRequest)))

"""The preview of a step over HTTP: what it would send and come to for a sample, and values of expressions.

Gathers the sample (what the request gives, then the flow's samples, then the connectors' examples) and lets
`flows.engine.preview` compute. Writes nothing, sends nothing. Routed by `flows.api.urls`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.registry import registry
from flows import samples
from flows.api import shapes
from flows.api.flows import FlowView, outline_checked
from flows.catalog import RegistryCatalog
from flows.deployed import load_tables
from flows.engine.facts import stamp
from flows.engine.preview import Asked, Preview, Sample
from flows.models import Flow
from ipaas.accounts.api.problems import field_error, invalid
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import EnvironmentVariable


class SampleGiven(serializers.Serializer[Any]):
    """Values to compute with; what is left out comes from the flow's samples, then from the connectors' examples."""

    trigger = serializers.DictField(required=False, allow_null=True, help_text="body, headers, query, received_at")
    steps = serializers.DictField(required=False, allow_null=True, help_text="step id -> output")
    item = shapes.AnyJson(required=False, allow_null=True)
    index = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)


class AskedShape(serializers.Serializer[Any]):
    """One text to evaluate in the step's place."""

    id = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False)
    as_ = serializers.ChoiceField(["expression", "template", "source"])
    inside = serializers.BooleanField(required=False, default=False, help_text="inside the for-each, at its first item")

    def get_fields(self) -> dict[str, Any]:
        """`as` is a word of Python, so the field is named here."""
        fields = super().get_fields()
        fields["as"] = fields.pop("as_")
        return fields


class PreviewRequest(serializers.Serializer[Any]):
    """Which step to look at; without a document the saved draft's."""

    document = serializers.DictField(required=False)
    node = serializers.CharField(max_length=63)
    sample = SampleGiven(required=False)
    expressions = serializers.ListField(child=AskedShape(), required=False, default=list, max_length=500)


class PreviewShape(serializers.Serializer[Any]):
    """What a step would send and come to; the same as a run makes of the same values."""

    input = shapes.AnyJson(allow_null=True)
    output = shapes.AnyJson(allow_null=True)
    port = serializers.CharField(allow_null=True)
    error = shapes.AnyJson(allow_null=True)
    rows = serializers.ListField(child=shapes.AnyJson(), help_text="of a map: target, value, source, error, skipped")
    findings = serializers.ListField(child=shapes.AnyJson(), help_text="field, code, message")
    expressions = serializers.ListField(child=shapes.AnyJson(), help_text="id with value and notes, or error")
    scope = shapes.AnyJson()
    missing = serializers.ListField(child=serializers.CharField(), help_text="steps without any sample")


class PreviewStep(FlowView):
    """Preview one step of a draft."""

    permission = {"POST": "view"}

    @documented(request=PreviewRequest, responses=PreviewShape)
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """What a step would send and come to for a sample, computed as a run computes it; nothing is sent."""
        flow = self.flow(flow_id)
        given = self.checked(PreviewRequest)
        document = outline_checked(given.get("document", flow.draft))
        try:
            preview = Preview(document, RegistryCatalog(registry()), given["node"])
        except KeyError:
            message = f"The flow has no step “{given['node']}”."
            raise invalid([field_error("/node", "unknown_step", message, "Name a step of the document.")]) from None
        sample = _sample(flow, document, preview.trigger, given.get("sample") or {})
        asked = [Asked(one["id"], one["text"], one["as"], one["inside"]) for one in given["expressions"]]
        return Response(preview.answer(sample, asked, load_tables(self.tenant.id, preview.tables)))


def _sample(flow: Flow, document: dict[str, Any], trigger: str | None, given: Mapping[str, Any]) -> Sample:
    """The sample a preview computes with; only a person's own values count over what pure steps come to."""
    examples = samples.examples_of(document)
    rows = samples.kept(flow)
    stored = {row.step: row.value for row in rows}
    pinned = {row.step: row.value for row in rows if row.pinned and row.step != trigger}
    known = {**examples, **stored}
    event = given.get("trigger")
    if event is None and trigger in known:
        event = {"body": known[trigger]}
    return Sample(
        trigger=None if event is None else {"received_at": stamp(datetime.now(UTC)), **event},
        steps={**pinned, **(given.get("steps") or {})},
        fallback=known,
        item=given.get("item"),
        index=given.get("index"),
        has_item="item" in given,
        env=_variables(flow.tenant_id),
    )


def _variables(tenant_id: str) -> dict[str, str]:
    """The variables of the sandbox, where drafts are tried."""
    rows = EnvironmentVariable.objects.filter(environment__tenant_id=tenant_id, environment__name="sandbox")
    return dict(rows.values_list("name", "value"))

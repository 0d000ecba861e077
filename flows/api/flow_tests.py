"""Tests of a flow over HTTP: make one of a run, list, change, remove, and play them on a draft.

Checks who may and what is named; recording and playing are `flows.flow_tests`. Routed by `flows.api.trying`.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from flows import flow_tests
from flows.api.answers import person
from flows.api.flows import FlowView, outline_checked
from flows.api.shapes import AnyJson, PersonShape
from flows.engine.compare import pointer_problem
from flows.models import Flow, FlowTest, Run
from flows.reading import moment
from ipaas.accounts.api.problems import Problem, not_found
from ipaas.accounts.api.schema import NamedChoice, documented


class PointerField(serializers.CharField):
    """A place in what a test expects."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if problem := pointer_problem(text):
            raise serializers.ValidationError(problem, "bad_pointer")
        return text


class FlowTestShape(serializers.Serializer[Any]):
    """A test of a flow."""

    id = serializers.CharField()
    name = serializers.CharField()
    ignored = serializers.ListField(child=serializers.CharField(), help_text="places that do not count")
    run = serializers.CharField(allow_null=True, help_text="the run it was recorded from; it may be gone")
    mode = NamedChoice("RecordedMode", ["step", "up_to", "whole"])
    step = serializers.CharField(allow_null=True)
    created_at = serializers.CharField()
    updated_at = serializers.CharField()
    created_by = PersonShape(allow_null=True)


class FlowTestDetailShape(FlowTestShape):
    """A test with what it plays and expects."""

    trigger = AnyJson(help_text="the event: body, headers, query, received_at")
    expected = AnyJson(help_text="status, reply, and by step path: status, input of calls, output of what is computed")


class FlowTestCreate(serializers.Serializer[Any]):
    """A test to be made of a run of the flow, a trial or an ordinary one."""

    name = serializers.CharField(max_length=200)
    run = serializers.CharField(max_length=40)
    ignored = serializers.ListField(child=PointerField(max_length=500), max_length=200, required=False, default=list)


class FlowTestPatch(serializers.Serializer[Any]):
    """Changes to a test; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    ignored = serializers.ListField(child=PointerField(max_length=500), max_length=200, required=False)
    run = serializers.CharField(max_length=40, required=False, help_text="record anew from this run")
    accept = AnyJson(required=False, help_text="a result (or true): expect what comes out now")
    document = serializers.DictField(required=False, help_text="where it comes out; the saved draft when left out")


class PlayTestsRequest(serializers.Serializer[Any]):
    """Which tests to play on what; all of them on the saved draft when left out."""

    document = serializers.DictField(required=False)
    tests = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=500)


class DifferenceShape(serializers.Serializer[Any]):
    """One thing that is not as it was recorded."""

    step = serializers.CharField(allow_blank=True)
    pointer = serializers.CharField(help_text="may be put among the ignored places as it is")
    kind = NamedChoice("DifferenceKind", ["changed", "missing", "new", "status"])
    expected = AnyJson(allow_null=True)
    actual = AnyJson(allow_null=True)
    message = serializers.CharField()


class TestResultShape(serializers.Serializer[Any]):
    """How a test came out."""

    test = serializers.CharField()
    name = serializers.CharField()
    ok = serializers.BooleanField()
    status = serializers.CharField()
    differences = DifferenceShape(many=True)
    steps = serializers.DictField(child=serializers.CharField())
    error = AnyJson(allow_null=True)


class ResultsShape(serializers.Serializer[Any]):
    """How tests came out."""

    results = TestResultShape(many=True)


def answer_of(row: FlowTest) -> dict[str, Any]:
    """A test as lists show it."""
    return {
        "id": row.id,
        "name": row.name,
        "ignored": row.ignored,
        "run": row.run_id or None,
        "mode": row.recording["mode"],
        "step": row.recording["step"] or None,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "created_by": person(row.created_by),
    }


class FlowTestView(FlowView):
    """Views of tests of a flow."""

    def test(self, flow: Flow, test_id: str) -> FlowTest:
        """The test, or 404."""
        rows = FlowTest.objects.of(self.tenant).filter(flow=flow, id=test_id).select_related("created_by")
        found = rows.first()
        if found is None:
            raise not_found("test of this flow")
        return found

    def run(self, flow: Flow, run_id: str) -> Run:
        """The run, or 404."""
        found = Run.objects.of(self.tenant).filter(flow_id=flow.id, id=run_id).first()
        if found is None:
            raise not_found("run of this flow")
        return found

    def detail(self, row: FlowTest) -> dict[str, Any]:
        """A test with what it plays and expects."""
        return {**answer_of(row), "trigger": row.recording["trigger"], "expected": row.expected}


def _not_possible(error: flow_tests.NotRecordable) -> Problem:
    return Problem(422, "not_recordable", detail=str(error))


class FlowTests(FlowTestView):
    """The tests of a flow."""

    permission = {"GET": "view", "POST": "edit_flows"}

    @documented(responses=FlowTestShape, paged=True)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """List the tests of a flow, the oldest first."""
        rows = FlowTest.objects.of(self.tenant).filter(flow=self.flow(flow_id)).select_related("created_by")
        return self.page(rows.defer("expected"), answer_of, ("id",))

    @documented(request=FlowTestCreate, responses={201: FlowTestDetailShape})
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Make a test of a run that has ended: its event, what its calls answered, and what came out."""
        flow = self.flow(flow_id)
        given = self.checked(FlowTestCreate)
        try:
            row = flow_tests.make(flow, self.person, given["name"], self.run(flow, given["run"]), given["ignored"])
        except flow_tests.NotRecordable as error:
            raise _not_possible(error) from None
        self.note("flow_test.made", "flow", flow.id, {"test": row.name})
        return Response(self.detail(row), status=201)


class OneFlowTest(FlowTestView):
    """One test of a flow."""

    permission = {"GET": "view", "PATCH": "edit_flows", "DELETE": "edit_flows"}

    @documented(responses=FlowTestDetailShape)
    def get(self, request: Request, flow_id: str, test_id: str, **ids: str) -> Response:
        """A test with the event it plays and what it expects."""
        return Response(self.detail(self.test(self.flow(flow_id), test_id)))

    @documented(request=FlowTestPatch, responses=FlowTestDetailShape)
    def patch(self, request: Request, flow_id: str, test_id: str, **ids: str) -> Response:
        """Change name or ignored places, record anew from a run, or expect from now on what comes out now."""
        flow = self.flow(flow_id)
        row = self.test(flow, test_id)
        given = self.checked(FlowTestPatch)
        try:
            if "run" in given:
                flow_tests.record_again(row, self.run(flow, given["run"]))
            if given.get("accept"):
                flow_tests.accept(row, outline_checked(given.get("document") or flow.draft))
        except flow_tests.NotRecordable as error:
            raise _not_possible(error) from None
        flow_tests.change(row, **{name: given[name] for name in ("name", "ignored") if name in given})
        return Response(self.detail(row))

    @documented(responses={204: None})
    def delete(self, request: Request, flow_id: str, test_id: str, **ids: str) -> Response:
        """Remove a test."""
        flow = self.flow(flow_id)
        row = self.test(flow, test_id)
        flow_tests.remove(row)
        self.note("flow_test.removed", "flow", flow.id, {"test": row.name})
        return Response(status=204)


class PlayFlowTests(FlowTestView):
    """Play tests."""

    permission = {"POST": "view"}

    @documented(request=PlayTestsRequest, responses=ResultsShape)
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Play tests on the draft or the document on the screen; calls are answered as recorded, nothing is sent."""
        flow = self.flow(flow_id)
        given = self.checked(PlayTestsRequest)
        document = outline_checked(given.get("document") or flow.draft)
        return Response({"results": flow_tests.play_all(flow, document, given.get("tests"))})

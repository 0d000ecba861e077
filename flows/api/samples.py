"""Samples and events of a flow over HTTP: list, pin, forget, and take from an event, a run or the connector.

Checks who may and what is named; keeping is `flows.samples`, reading events is `flows.arrivals`. Routed by
`flows.api.urls`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from flows import samples
from flows.api.flows import FlowView
from flows.api.shapes import AnyJson
from flows.arrivals import event_detail, event_items, first_runs
from flows.models import Event, Flow, Run, Sample
from flows.reading import moment
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import Problem, field_error, invalid, not_found
from ipaas.accounts.api.schema import NamedChoice, documented

SOURCES = ("pinned", "trial", "run", "event", "connector")


class SampleShape(serializers.Serializer[Any]):
    """An example of what a step comes to."""

    step = serializers.CharField()
    value = AnyJson()
    source = NamedChoice("SampleSource", SOURCES)  # type: ignore[assignment]
    pinned = serializers.BooleanField()
    at = serializers.CharField()
    run = serializers.CharField(required=False)
    event = serializers.CharField(required=False)


class SamplesShape(serializers.Serializer[Any]):
    """The samples of a flow, in the order of its steps."""

    items = SampleShape(many=True)


class SamplePut(serializers.Serializer[Any]):
    """A sample that a person gives."""

    value = AnyJson(allow_null=True)
    pinned = serializers.BooleanField(required=False, default=True)


class SampleTake(serializers.Serializer[Any]):
    """Where samples are taken from; exactly one of these."""

    event = serializers.CharField(max_length=40, required=False, help_text="id of an event of the flow")
    run = serializers.CharField(max_length=40, required=False, help_text="id of a run of the flow")
    connector = serializers.BooleanField(required=False, help_text="the connectors' own examples")


class EventShape(serializers.Serializer[Any]):
    """An event as lists show it."""

    id = serializers.CharField()
    received_at = serializers.CharField()
    environment = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    business_key = serializers.CharField(allow_blank=True)
    run = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)


class EventDetailShape(EventShape):
    """An event with what it carried."""

    dedupe_key = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())
    query = serializers.DictField(child=serializers.CharField())
    body = AnyJson(allow_null=True)


def sample_answer(row: Sample) -> dict[str, Any]:
    """A sample as the API shows it."""
    found = {
        "step": row.step,
        "value": row.value,
        "source": row.source,
        "pinned": row.pinned,
        "at": moment(row.at),
    }
    if row.run_id:
        found["run"] = row.run_id
    if row.event_id:
        found["event"] = row.event_id
    return found


def _all(flow: Flow) -> Response:
    return Response({"items": [sample_answer(row) for row in samples.samples_of(flow)]})


class Samples(FlowView):
    """The samples of a flow."""

    permission = {"GET": "view"}

    @documented(responses=SamplesShape)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """An example value for each step that has one; those of steps that are gone are left out."""
        return _all(self.flow(flow_id))


class OneSample(FlowView):
    """The sample of one step."""

    permission = {"PUT": "edit_flows", "DELETE": "edit_flows"}

    @documented(request=SamplePut, responses=SampleShape)
    def put(self, request: Request, flow_id: str, step: str, **ids: str) -> Response:
        """Give a step a sample of your own; a pinned one stays until a person changes it."""
        flow = self.flow(flow_id)
        given = self.checked(SamplePut)
        try:
            row = samples.put(flow, step, given["value"], given["pinned"])
        except samples.UnknownStep:
            raise Problem(
                404,
                "unknown_step",
                detail=f"The saved draft has no step “{step[:63]}”.",
                hint="Save the draft first, or check the step's id.",
            ) from None
        except samples.TooLarge:
            raise Problem(
                413,
                "too_large",
                detail=f"A sample may have at most {settings.EVENT_MAX_BYTES} bytes.",
                hint="Leave out what the mapping does not read.",
            ) from None
        return Response(sample_answer(row))

    @documented(responses={204: None})
    def delete(self, request: Request, flow_id: str, step: str, **ids: str) -> Response:
        """Forget a step's sample, pinned or not."""
        if not samples.remove(self.flow(flow_id), step):
            raise not_found("sample")
        return Response(status=204)


class TakeSamples(OneSample):
    """Take samples from what has happened, or from the connectors; a step may still be called `take`."""

    permission = {**OneSample.permission, "POST": "edit_flows"}

    @documented(request=SampleTake, responses=SamplesShape)
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Take the trigger's sample from an event, every step's from a run, or the connectors' own examples."""
        flow = self.flow(flow_id)
        given = {name: value for name, value in self.checked(SampleTake).items() if value}
        if len(given) != 1:
            raise invalid([field_error("", "one_of", "Name an event, a run, or the connector, just one of them.")])
        if "event" in given:
            samples.take_event(flow, self._event(flow, id=given["event"]))
        elif "run" in given:
            run = Run.objects.of(self.tenant).filter(flow_id=flow.id, id=given["run"]).first()
            if run is None:
                raise not_found("run of this flow")
            samples.take_run(flow, run.id, self._event(flow, id=run.event_id))
        elif not samples.take_connector(flow):
            raise Problem(
                422,
                "no_example",
                detail="The connector has no example of what starts this flow.",
                hint="Choose a past event, listen for the next one, or write a sample yourself.",
            )
        return _all(flow)

    def _event(self, flow: Flow, **wanted: str) -> Event:
        found = Event.objects.of(self.tenant).filter(flow_id=flow.id, **wanted).first()
        if found is None:
            raise not_found("event of this flow")
        return found


class Events(FlowView):
    """The events of a flow."""

    permission = {"GET": "view"}

    @documented(responses=EventShape, paged=True)
    def get(self, request: Request, flow_id: str, **ids: str) -> Response:
        """List what has arrived for the flow in any environment, the newest first."""
        flow = self.flow(flow_id)
        rows, following = paginate(request, first_runs(flow))
        return Response({"items": event_items(flow, rows), "next": following})


class OneEvent(FlowView):
    """One event of a flow."""

    permission = {"GET": "view"}

    @documented(responses=EventDetailShape)
    def get(self, request: Request, flow_id: str, event_id: str, **ids: str) -> Response:
        """An event with its headers, query and body as they were stored."""
        found = Event.objects.of(self.tenant).filter(flow_id=self.flow(flow_id).id, id=event_id).first()
        if found is None:
            raise not_found("event of this flow")
        return Response(event_detail(found))

"""Trying out a draft over HTTP: one step, up to a step, the whole flow, or a look at what a step would send.

Checks who may and where; the doing is `flows.trials`, whose refusals become problem documents here. Routed by
`flows.api.trying`.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.sdk.errors import IpaasError
from flows import trials
from flows.api.answers import refused
from flows.api.flows import FlowView, outline_checked
from flows.api.shapes import AnyJson, EnvironmentRequest
from flows.publishing import Refused
from flows.samples import steps_of
from flows.trial_parts import ConnectionsNeeded
from ipaas.accounts.api.problems import Problem, field_error, invalid
from ipaas.accounts.api.schema import NamedChoice, documented
from ipaas.accounts.models import Environment

MODES = ("step", "up_to", "whole", "look")
ALLOWED = ("sandbox", "development")


class TrialEvent(serializers.Serializer[Any]):
    """The event to try the flow with."""

    body = AnyJson(allow_null=True)
    headers = serializers.DictField(child=serializers.CharField(max_length=8000), required=False, default=dict)
    query = serializers.DictField(child=serializers.CharField(max_length=8000), required=False, default=dict)


class TrialRequest(EnvironmentRequest):
    """What to try. Without `document` the saved draft, without `event` the trigger's sample."""

    document = serializers.DictField(required=False)
    step = serializers.CharField(max_length=63, required=False, default="", allow_blank=True)
    mode = NamedChoice("TrialMode", MODES)
    connections = serializers.DictField(child=serializers.CharField(max_length=40), required=False, default=dict)
    event = TrialEvent(required=False, allow_null=True)


class ExchangeShape(serializers.Serializer[Any]):
    """A request that would be sent."""

    method = serializers.CharField()
    url = serializers.CharField()
    request_headers = serializers.DictField(child=serializers.CharField())
    request_body = serializers.CharField(allow_blank=True)


class LookShape(serializers.Serializer[Any]):
    """What a step would send; secrets are masked, and nothing was sent."""

    exchanges = ExchangeShape(many=True)


class TrialShape(serializers.Serializer[Any]):
    """A trial that was started: its run, what it runs, and which steps answer instead of running."""

    run = serializers.CharField()
    document = AnyJson()
    answered = serializers.ListField(child=serializers.CharField())


class TryingView(FlowView):
    """Views that try out a draft."""

    def may_try(self, name: str) -> Environment:
        """The environment, where a draft may be tried: it writes for real, so only where whoever asks may deploy."""
        if name not in ALLOWED:
            raise Problem(
                422,
                "environment_refused",
                detail=f"A draft is tried in the sandbox or in development, never in {name}.",
                hint="Choose the sandbox.",
            )
        self.require("deploy_sandbox" if name == "sandbox" and "deploy" not in self.permissions else "deploy")
        return self.environment(name)


class TestStep(TryingView):
    """Try out a draft."""

    permission = {"POST": "edit_flows"}

    @documented(request=TrialRequest, responses={200: LookShape, 202: TrialShape}, problems=(422, 502))
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Run a step, what leads to it, or the whole draft in the sandbox; or look at what a step would send."""
        wanted = self._wanted(flow_id, self.checked(TrialRequest))
        try:
            if wanted.mode == "look":
                return Response({"exchanges": trials.look(wanted)})
            trial = trials.start(wanted)
        except Refused as error:
            raise refused(error.problems) from None
        except ConnectionsNeeded as error:
            raise refused(error.problems, "connections_needed") from None
        except trials.StoppedBefore as error:
            raise _stopped(error.error) from None
        except IpaasError as error:
            raise _stopped(error.to_dict()) from None
        answered = sorted(id_ for id_, stand_in in trial.stand_ins.items() if "value" in stand_in)
        return Response({"run": trial.run_id, "document": trial.document, "answered": answered}, status=202)

    def _wanted(self, flow_id: str, given: dict[str, Any]) -> trials.Wanted:
        flow = self.flow(flow_id)
        document = outline_checked(given.get("document") or flow.draft)
        environment = self.may_try(given["environment"])
        step = given["step"]
        if given["mode"] == "whole":
            step = ""
        elif step not in steps_of(document):
            raise invalid([field_error("/step", "unknown_step", f"The draft has no step “{step}”.", "Choose a step.")])
        return trials.Wanted(
            flow=flow,
            document=document,
            mode=given["mode"],
            step=step,
            environment=environment,
            connections=given["connections"],
            event=given.get("event"),
            person=self.person,
        )


def _stopped(error: dict[str, Any]) -> Problem:
    pointer = error.get("pointer") or ""
    entry = field_error(pointer, str(error.get("code") or "stopped"), str(error.get("message", "")), error.get("hint"))
    return Problem(422, "not_reached", detail=entry["message"], hint=entry["hint"], errors=[entry])

"""Listening over HTTP: wait for the next real event of a flow, ask whether it has come, stop.

Checks who may and where; the doing is `flows.listening`. Routed by `flows.api.trying`.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from flows import listening, live
from flows.api.answers import refused
from flows.api.shapes import AnyJson, EnvironmentRequest
from flows.api.trials import TryingView
from flows.models import Deployment, Flow, Listening
from flows.trial_parts import ConnectionsNeeded
from ipaas.accounts.api.problems import Problem, not_found
from ipaas.accounts.api.schema import NamedChoice, documented
from ipaas.accounts.models import Environment
from ipaas.book import loops


class ListeningRequest(EnvironmentRequest):
    """Where to listen; `connections` only where a draft's connection has to be chosen."""

    connections = serializers.DictField(child=serializers.CharField(max_length=40), required=False, default=dict)


class ListeningShape(serializers.Serializer[Any]):
    """Somebody waits for the next event."""

    id = serializers.CharField()
    state = NamedChoice("ListeningState", ["listening", "heard", "ended"])
    environment = serializers.CharField()
    address = serializers.CharField(allow_null=True, help_text="where the system is to send its event")
    hint = serializers.CharField(allow_blank=True, help_text="what to do now")
    until = serializers.CharField()
    event = AnyJson(help_text="the event once it has come; its id is null when it made no run")


class ListeningView(TryingView):
    """Views of a listening."""

    def listening(self, flow: Flow, listening_id: str) -> Listening:
        """The listening, or 404."""
        rows = Listening.objects.of(self.tenant).filter(flow=flow, id=listening_id)
        found = rows.select_related("flow", "environment").first()
        if found is None:
            raise not_found("listening")
        return found


class Listenings(ListeningView):
    """Listen to a flow's trigger."""

    permission = {"POST": "edit_flows"}

    @documented(
        request=ListeningRequest, responses={201: ListeningShape}, operation="flows_listening_create", problems=(422,)
    )
    def post(self, request: Request, flow_id: str, **ids: str) -> Response:
        """Wait ten minutes for the next real event, of the deployed flow or at a draft's own address."""
        flow = self.flow(flow_id)
        given = self.checked(ListeningRequest)
        environment = self.environment(given["environment"])
        if not self._is_at_work(flow, environment):
            # A draft's address is opened, and the system is asked to send to it: as much as trying it out.
            self.may_try(environment.name)
        try:
            row = listening.begin(flow, environment, given["connections"])
        except listening.NothingToHear as error:
            raise Problem(422, "nothing_to_hear", detail=str(error), hint=error.hint) from None
        except ConnectionsNeeded as error:
            raise refused(error.problems, "connections_needed") from None
        return Response(listening.answer(row), status=201)

    def _is_at_work(self, flow: Flow, environment: Environment) -> bool:
        return Deployment.objects.of(self.tenant).filter(flow=flow, environment=environment, active=True).exists()


class OneListening(ListeningView):
    """One listening."""

    permission = {"GET": "view", "DELETE": "edit_flows"}

    @documented(responses=ListeningShape)
    def get(self, request: Request, flow_id: str, listening_id: str, **ids: str) -> Response:
        """Whether the event has come, and the event."""
        row = self.listening(self.flow(flow_id), listening_id)
        if listening.look(row):
            loops.ask(live.heard(self.tenant.id, row.id))
        return Response(listening.answer(row))

    @documented(responses={204: None})
    def delete(self, request: Request, flow_id: str, listening_id: str, **ids: str) -> Response:
        """Stop listening; a subscription that was made for it is removed."""
        listening.end(self.listening(self.flow(flow_id), listening_id))
        return Response(status=204)

"""The sandbox's console over HTTP: systems and keys, books, faults, clock, reset, and scenarios to play.

Everything here is about one tenant's simulated systems, whose keys are fake and therefore shown.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from connectors.api import shapes
from connectors.api.connected import moment
from connectors.models import SandboxDelivery, SandboxFault, SandboxPlay
from connectors.registry import registry
from connectors.sandbox import books, faults, plays, resets
from connectors.sandbox.scenarios import scenarios
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.problems import conflict, field_error, invalid, not_found
from ipaas.accounts.api.schema import documented


def fault_answer(row: SandboxFault) -> dict[str, Any]:
    """A fault as the API shows it."""
    return {
        "id": row.id,
        "system": row.system,
        "fault": row.fault,
        "match": row.match,
        "times": row.times,
        "created_at": moment(row.created_at),
    }


def play_answer(row: SandboxPlay) -> dict[str, Any]:
    """A play as the API shows it."""
    return {
        "play": row.id,
        "scenario": row.scenario,
        "status": row.status,
        "checks": row.checks,
        "started_at": moment(row.started_at),
        "finished_at": moment(row.finished_at),
    }


class Sandbox(TenantView):
    """The sandbox at a glance."""

    permission = {"GET": "view"}

    @documented(responses=shapes.SandboxShape)
    def get(self, request: Request, **ids: str) -> Response:
        """Simulated systems with addresses and fake keys, scenarios, faults and the clock."""
        systems = [
            {**each, "title": registry().get(each["system"]).manifest.title} for each in books.systems(self.tenant)
        ]
        return Response(
            {
                "systems": systems,
                "scenarios": [
                    {"name": each.name, "title": each.title, "description": each.story, "covers": list(each.covers)}
                    for each in scenarios().values()
                ],
                "faults": [fault_answer(row) for row in faults.listed(self.tenant)],
                "fault_kinds": [{"fault": kind, "description": text} for kind, text in faults.KINDS.items()],
                "now": moment(resets.clock(self.tenant)),
            }
        )


class Reset(TenantView):
    """Starting over."""

    permission = {"POST": "play_sandbox"}

    @documented(responses=shapes.ClockShape)
    def post(self, request: Request, **ids: str) -> Response:
        """Bring every simulated system back to its starting data; faults and the clock end with it."""
        resets.reset_sandbox(self.tenant)
        self.note("sandbox.reset", "tenant", self.tenant.id)
        return Response({"now": moment(resets.clock(self.tenant))})


class Faults(TenantView):
    """Faults on purpose."""

    permission = {"GET": "view", "POST": "play_sandbox", "DELETE": "play_sandbox"}

    @documented(responses=shapes.FaultsShape)
    def get(self, request: Request, **ids: str) -> Response:
        """List faults, oldest first; those that had their last time show 0."""
        return Response({"items": [fault_answer(row) for row in faults.listed(self.tenant)]})

    @documented(request=shapes.FaultCreate, responses={201: shapes.FaultShape})
    def post(self, request: Request, **ids: str) -> Response:
        """Let a simulated system fail for the next matching requests."""
        given = self.checked(shapes.FaultCreate)
        try:
            row = faults.add(self.tenant, given["system"], given["fault"], given["match"], given["times"])
        except faults.FaultRefused as error:
            raise invalid([field_error(pointer, "invalid", message) for pointer, message in error.problems]) from None
        self.note("sandbox.fault_added", "fault", row.id, {"system": row.system, "fault": row.fault})
        return Response(fault_answer(row), status=201)

    @documented(responses={204: None})
    def delete(self, request: Request, **ids: str) -> Response:
        """End every fault."""
        count = faults.clear(self.tenant)
        self.note("sandbox.faults_cleared", "tenant", self.tenant.id, {"count": count})
        return Response(status=204)


class OneFault(TenantView):
    """One fault."""

    permission = {"DELETE": "play_sandbox"}

    @documented(responses={204: None})
    def delete(self, request: Request, fault_id: str, **ids: str) -> Response:
        """End a fault."""
        if not faults.remove(self.tenant, fault_id):
            raise not_found("fault")
        self.note("sandbox.fault_removed", "fault", fault_id)
        return Response(status=204)


class Play(TenantView):
    """Playing scenarios."""

    permission = {"POST": "play_sandbox"}

    @documented(request=shapes.PlayRequest, responses={202: shapes.PlayStarted}, problems=(409,))
    def post(self, request: Request, **ids: str) -> Response:
        """Play a scenario; it goes on by itself, its checks are read from the simulated systems' own books."""
        name = self.checked(shapes.PlayRequest)["scenario"]
        if name not in scenarios():
            known = ", ".join(scenarios())
            raise invalid([field_error("/scenario", "unknown", f"There is no scenario {name!r}. There are: {known}.")])
        try:
            row = plays.start(self.tenant, name)
        except plays.AlreadyPlaying as error:
            raise conflict("already_playing", str(error), hint="Wait until it has ended.") from None
        self.note("sandbox.played", "play", row.id, {"scenario": name})
        return Response({"play": row.id}, status=202)


class Plays(TenantView):
    """Plays, past and present."""

    permission = {"GET": "view"}

    @documented(responses=shapes.PlayShape, paged=True)
    def get(self, request: Request, **ids: str) -> Response:
        """List plays, newest first."""
        return self.page(SandboxPlay.objects.filter(tenant=self.tenant), play_answer)


class OnePlay(TenantView):
    """One play."""

    permission = {"GET": "view"}

    @documented(responses=shapes.PlayShape)
    def get(self, request: Request, play_id: str, **ids: str) -> Response:
        """A play and what its checks have found so far."""
        plays.end_stale(self.tenant)
        row = SandboxPlay.objects.filter(tenant=self.tenant, id=play_id).first()
        if row is None:
            raise not_found("play")
        return Response(play_answer(row))


class Ledger(TenantView):
    """A simulated system's books."""

    permission = {"GET": "view"}

    @documented(responses=shapes.LedgerShape)
    def get(self, request: Request, system: str, **ids: str) -> Response:
        """What a simulated system holds, in collections named as the system names them."""
        try:
            found = books.ledger(self.tenant, system)
        except books.UnknownSystem:
            raise not_found("simulated system") from None
        return Response({"system": system, "collections": found})


class Clock(TenantView):
    """The virtual clock."""

    permission = {"GET": "view", "POST": "play_sandbox"}

    @documented(responses=shapes.ClockShape)
    def get(self, request: Request, **ids: str) -> Response:
        """What time it is in the sandbox."""
        return Response({"now": moment(resets.clock(self.tenant))})

    @documented(request=shapes.ClockRequest, responses=shapes.ClockShape)
    def post(self, request: Request, **ids: str) -> Response:
        """Move the clock ahead; simulated systems live through the time (renewals, payouts, expiries)."""
        seconds = self.checked(shapes.ClockRequest)["advance_seconds"]
        now = resets.advance(self.tenant, seconds)
        self.note("sandbox.clock_advanced", "tenant", self.tenant.id, {"seconds": seconds})
        return Response({"now": moment(now)})


class Deliveries(TenantView):
    """Webhooks of simulated systems."""

    permission = {"GET": "view"}

    @documented(responses=shapes.DeliveryShape, paged=True)
    def get(self, request: Request, **ids: str) -> Response:
        """List webhooks that simulated systems have sent or will send, newest first."""
        return self.page(SandboxDelivery.objects.filter(tenant=self.tenant).defer("body"), _delivery_answer)


def _delivery_answer(row: SandboxDelivery) -> dict[str, Any]:
    return {
        "id": row.id,
        "system": row.system,
        "event_id": row.event_id,
        "url": row.url,
        "attempts": row.attempts,
        "next_at": moment(row.next_at),
        "delivered_at": moment(row.delivered_at),
        "last_status": row.last_status,
        "last_error": row.last_error,
    }

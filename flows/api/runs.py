"""Runs over HTTP: list and search, figures, one run with its facts, cancel, replay, resolve.

Owns the filters of the list. Routed by `flows.api.urls`; reads through `flows.reading`, acts through `flows.control`,
and never writes a run or a fact itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.models import Effect
from flows import control
from flows.api import shapes
from flows.models import Run
from flows.reading import big_value, facts_after, moment, run_detail, run_items
from ipaas.accounts import audit
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import Problem, not_found
from ipaas.accounts.api.schema import documented


class RunView(TenantView):
    """Views of one run."""

    def run(self, run_id: str) -> Run:
        """The run, or 404."""
        found = Run.objects.of(self.tenant).filter(id=run_id).first()
        if found is None:
            raise not_found("run")
        return found

    def may(self, error: control.NotPossible) -> Problem:
        """The refusal of something that the run's state does not allow."""
        return Problem(409, "not_possible", detail=str(error))


_FILTERS = {
    "status": "one or more statuses, separated by commas",
    "flow": "id of a flow",
    "environment": "name of an environment",
    "q": "business key (its beginning), or the id of a run",
    "since": "created at or after this moment (ISO 8601)",
    "until": "created before this moment (ISO 8601)",
    "trial": "`true`: tests of drafts instead of ordinary runs",
}


class Runs(TenantView):
    """All runs of the tenant."""

    permission = {"GET": "view"}

    @documented(responses=shapes.RunShape, paged=True, query=_FILTERS)
    def get(self, request: Request, **ids: str) -> Response:
        """List runs, the newest first."""
        rows, following = paginate(request, filtered(Run.objects.of(self.tenant), request.query_params))
        return Response({"items": run_items(rows), "next": following})


def filtered(runs: QuerySet[Run], wanted: Any) -> QuerySet[Run]:
    """The runs that the query asks for; a filter that makes no sense is refused by name."""
    runs = runs.filter(trial=wanted.get("trial", "") == "true")
    if statuses := [part for part in wanted.get("status", "").split(",") if part]:
        unknown = [status for status in statuses if status not in shapes.STATUSES]
        if unknown:
            raise Problem(
                400, "unknown_status", detail=f"“{unknown[0]}” is no status of a run.", hint=", ".join(shapes.STATUSES)
            )
        runs = runs.filter(status__in=statuses)
    if flow := wanted.get("flow"):
        runs = runs.filter(flow_id=flow)
    if environment := wanted.get("environment"):
        runs = runs.filter(environment__name=environment)
    if text := wanted.get("q", "").strip():
        runs = runs.filter(Q(business_key__startswith=text) | Q(id=text))
    if since := _moment(wanted, "since"):
        runs = runs.filter(created_at__gte=since)
    if until := _moment(wanted, "until"):
        runs = runs.filter(created_at__lt=until)
    return runs


def _moment(wanted: Any, name: str) -> datetime | None:
    text = wanted.get(name, "")
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+"))
        if found is not None:
            return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Problem(400, "not_a_moment", detail=f"“{name}” is not a moment.", hint="Write 2026-01-31T09:00:00Z.")


class RunStats(TenantView):
    """Figures about runs."""

    permission = {"GET": "view"}

    @documented(responses=shapes.StatsShape, query={"environment": "name of an environment"})
    def get(self, request: Request, **ids: str) -> Response:
        """How many runs of the last 24 hours are in each status."""
        since = datetime.now(UTC) - timedelta(hours=24)
        runs = Run.objects.of(self.tenant).filter(created_at__gte=since, trial=False)
        if environment := request.query_params.get("environment"):
            runs = runs.filter(environment__name=environment)
        counts = dict(runs.values_list("status").annotate(Count("id")))
        return Response(
            {"since": moment(since), "counts": {status: counts.get(status, 0) for status in shapes.STATUSES}}
        )


class OneRun(RunView):
    """One run."""

    permission = {"GET": "view"}

    @documented(responses=shapes.RunDetailShape)
    def get(self, request: Request, run_id: str, **ids: str) -> Response:
        """A run with its event, the document of its version, and what may be done to it."""
        return Response(run_detail(self.run(run_id)))


class RunFacts(RunView):
    """The journal of a run."""

    permission = {"GET": "view"}

    @documented(
        responses=shapes.FactsShape,
        query={
            "after": "only entries after this number",
            "values": '`apart`: values over 256 KB as {"$value": id, "bytes": n}, to be read one by one',
        },
    )
    def get(self, request: Request, run_id: str, **ids: str) -> Response:
        """Journal entries in order, from which anyone can rebuild what the run did."""
        run = self.run(run_id)
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) <= 9):
            raise Problem(400, "not_a_number", detail="“after” is the number of a journal entry, 0 or more.")
        entries = facts_after(self.tenant, run.id, int(after), apart=request.query_params.get("values") == "apart")
        last = entries[-1]["seq"] if entries else max(int(after), 0)
        finished = run.status in control.FINISHED and last >= run.seq
        return Response({"items": entries, "last_seq": last, "finished": finished})


class RunValue(RunView):
    """A big value of a run."""

    permission = {"GET": "view"}

    @documented(responses=shapes.BigValueShape, query={"id": "id that stands in the journal in the value's place"})
    def get(self, request: Request, run_id: str, **ids: str) -> Response:
        """One value over 256 KB, which the journal refers to."""
        found = big_value(self.run(run_id), request.query_params.get("id", ""))
        if found is None:
            raise not_found("value")
        return Response({"id": found.id, "value": found.content})


class CancelRun(RunView):
    """Cancel a run."""

    permission = {"POST": "operate_runs"}

    @documented(request=shapes.CancelRequest, responses={202: shapes.RunStarted}, problems=(409,))
    def post(self, request: Request, run_id: str, **ids: str) -> Response:
        """Stop a run that has not ended; what it did outside stays done and stays in its journal."""
        run = self.run(run_id)
        given = self.checked(shapes.CancelRequest)
        try:
            control.cancel(run, self.person.email, given["reason"])
        except control.NotPossible as error:
            raise self.may(error) from None
        audit.record(self.tenant, self.person, "run.cancelled", "run", run.id, {"reason": given["reason"]}, request)
        return Response({"run": run.id}, status=202)


class ReplayRun(RunView):
    """Replay a run."""

    permission = {"POST": "operate_runs"}

    @documented(responses={202: shapes.RunStarted}, problems=(409,))
    def post(self, request: Request, run_id: str, **ids: str) -> Response:
        """Carry the same event again with the version now at work; what was done outside is not done again."""
        run = self.run(run_id)
        try:
            new_run = control.replay(run, self.person.email)
        except control.NotPossible as error:
            raise self.may(error) from None
        audit.record(self.tenant, self.person, "run.replayed", "run", run.id, {"as": new_run}, request)
        return Response({"run": new_run}, status=202)


class ResolveRun(RunView):
    """Resolve an uncertain run."""

    permission = {"POST": "operate_runs"}

    @documented(request=shapes.ResolveRequest, responses={202: shapes.RunStarted}, problems=(409,))
    def post(self, request: Request, run_id: str, **ids: str) -> Response:
        """Say what you found in the other system: the write was made, with this output, or it was not."""
        run = self.run(run_id)
        given = self.checked(shapes.ResolveRequest)
        effect = Effect.objects.of(self.tenant).filter(id=given["effect"], run_id=run.id).first()
        if effect is None:
            raise not_found("effect")
        try:
            control.resolve(run, effect, made=given["made"], output=given["output"], by=self.person.email)
        except control.NotPossible as error:
            raise self.may(error) from None
        detail = {"effect": effect.id, "made": given["made"], "note": given["note"]}
        audit.record(self.tenant, self.person, "run.resolved", "run", run.id, detail, request)
        return Response({"run": run.id}, status=202)

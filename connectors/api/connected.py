"""Connections over HTTP: make, list, change, test, rotate, remove, and sign in through the browser.

Secrets come in and never go out: answers name which credential fields are set. Use cases are `connectors.connections`'.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from rest_framework.request import Request
from rest_framework.response import Response

from connectors import connections, oauth, vault
from connectors.api import shapes
from connectors.connections import By, NewConnection
from connectors.models import Connection
from connectors.sdk.errors import IpaasError
from ipaas.accounts import roles
from ipaas.accounts.api.base import ApiView, TenantView
from ipaas.accounts.api.problems import Problem, conflict, field_error, invalid, not_found
from ipaas.accounts.api.schema import documented
from ipaas.book import loops

_SESSION_KEY = "oauth_sign_ins"
_SIGN_IN_SECONDS = 600
_MOST_SIGN_INS = 10
_MOST_CODE = 4000


def moment(at: datetime | None) -> str | None:
    """A moment as the API writes it."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def connection_answer(row: Connection) -> dict[str, Any]:
    """A connection as the API shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "connector": row.connector,
        "environment": row.environment.name,
        "auth_kind": row.auth_kind,
        "config": row.config,
        "credential_fields": row.fields_set,
        "simulated": row.simulated,
        "status": row.status,
        "status_detail": row.status_detail,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "last_used_at": moment(row.last_used_at),
    }


@contextmanager
def refusals_as_problems() -> Iterator[None]:
    """What the use cases refuse, as problem documents."""
    try:
        yield
    except connections.ConnectionRefused as error:
        raise invalid([field_error(each.pointer, each.code, each.message) for each in error.problems]) from None
    except connections.ConnectionNameTaken as error:
        raise conflict("name_taken", str(error), hint="Choose another name.") from None
    except connections.ConnectionInUse as error:
        hint = "Deploy these flows with another connection, or pause them, first."
        raise conflict("connection_in_use", str(error), hint=hint) from None
    except IpaasError as error:
        raise Problem(409, error.code, error.message, hint=error.hint) from None


class ConnectionView(TenantView):
    """Views of one connection."""

    def connection(self, connection_id: str) -> Connection:
        """The connection, or 404."""
        rows = Connection.objects.of(self.tenant).select_related("environment", "tenant")
        found: Connection | None = rows.filter(id=connection_id).first()
        if found is None:
            raise not_found("connection")
        return found

    def by(self) -> By:
        """Who asks."""
        return By(self.request.user, self.request)

    def changed(self, change: Callable[..., Connection], *arguments: Any) -> Response:
        """Run a use case and answer the connection as it is now."""
        with refusals_as_problems():
            return Response(connection_answer(change(*arguments, self.by())))


class Connections(ConnectionView):
    """All connections of the tenant."""

    permission = {"GET": "view", "POST": "manage_connections"}

    @documented(
        responses=shapes.ConnectionShape, paged=True, query={"environment": "its name", "connector": "its name"}
    )
    def get(self, request: Request, **ids: str) -> Response:
        """List connections, newest first."""
        rows = Connection.objects.of(self.tenant).select_related("environment")
        if environment := request.query_params.get("environment"):
            rows = rows.filter(environment__name=environment)
        if connector := request.query_params.get("connector"):
            rows = rows.filter(connector=connector)
        return self.page(rows, connection_answer)

    @documented(request=shapes.ConnectionCreate, responses={201: shapes.ConnectionShape}, problems=(409,))
    def post(self, request: Request, **ids: str) -> Response:
        """Make a connection.

        What is entered is checked against the connector's schemas. A simulated connection without a credential gets
        the fake keys of the tenant's own simulated system.
        """
        given = self.checked(shapes.ConnectionCreate)
        environment = self.environment(given.pop("environment"))
        with refusals_as_problems():
            row = connections.create(environment, NewConnection(**given), self.by())
        return Response(connection_answer(row), status=201)


class OneConnection(ConnectionView):
    """One connection."""

    permission = {"GET": "view", "PATCH": "manage_connections", "DELETE": "manage_connections"}

    @documented(responses=shapes.ConnectionDetailShape)
    def get(self, request: Request, connection_id: str, **ids: str) -> Response:
        """A connection, and where it is used: names of flows, and the deployments that are bound to it."""
        row = self.connection(connection_id)
        used = {"used_by": connections.users_of(row), "deployments": connections.deployments_of(row)}
        return Response({**connection_answer(row), **used})

    @documented(request=shapes.ConnectionPatch, responses=shapes.ConnectionShape, problems=(409,))
    def patch(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Change a connection's name or settings, or pause it."""
        row = self.connection(connection_id)
        given = self.checked(shapes.ConnectionPatch)
        paused = given.pop("paused", None)
        with refusals_as_problems():
            if given:
                row = connections.change(row, given, self.by())
            if paused is not None:
                row = connections.set_paused(row, paused, self.by())
        return Response(connection_answer(row))

    @documented(responses={204: None}, problems=(409,))
    def delete(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Remove a connection and its credential; refused while a deployed flow uses it."""
        with refusals_as_problems():
            connections.delete(self.connection(connection_id), self.by())
        return Response(status=204)


class TestConnection(ConnectionView):
    """Testing."""

    permission = {"POST": "use_connections"}

    @documented(responses=shapes.TestAnswer)
    def post(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Ask the system whether it accepts the connection; the connection's status is kept."""
        with refusals_as_problems():
            return Response(connections.run_test(self.connection(connection_id), self.by()))


class StartSignIn(ConnectionView):
    """The way to the outside system's sign-in page."""

    permission = {"POST": "manage_connections"}

    @documented(responses=shapes.AuthorizeAnswer, problems=(409,))
    def post(self, request: Request, connection_id: str, **ids: str) -> Response:
        """Begin a sign-in at the outside system; send the browser to the address within ten minutes.

        Works with a browser session only, because the way back has to come from the same browser.
        """
        row = self.connection(connection_id)
        if request.auth is not None:
            raise conflict("session_needed", "A sign-in begins in a browser session, not with an API token.")
        with refusals_as_problems():
            credential = vault.open_sealed(row.tenant_id, row.id, row.sealed) if row.sealed else {}
            begun = oauth.begin(row, credential, callback_url())
        kept = _running(request.session.get(_SESSION_KEY, {}))
        kept[begun.state] = {
            "connection": row.id,
            "tenant": self.tenant.id,
            "verifier": begun.verifier,
            "until": time.time() + _SIGN_IN_SECONDS,
        }
        request.session[_SESSION_KEY] = dict(list(kept.items())[-_MOST_SIGN_INS:])
        return Response({"authorize_url": begun.url})


class SignInCallback(ApiView):
    """The way back from the outside system's sign-in page."""

    @documented(
        responses={302: None},
        query={"state": "as it was sent", "code": "to exchange", "error": "why the system refused"},
        problems=(403, 409),
    )
    def get(self, request: Request) -> HttpResponseRedirect:
        """Finish a sign-in that this browser session began, and go on to the app's page that says how it went.

        Whoever asks for HTML, as browsers do, is told by that page of a refusal, too; others get the problem itself.
        """
        try:
            return _landing(outcome="done", connection=self.finish(request).id)
        except Problem as problem:
            if "text/html" not in request.headers.get("Accept", ""):
                raise
            row = self.begun_for
            return _landing(outcome=problem.code, connection=row, detail=problem.text)

    begun_for = ""

    def finish(self, request: Request) -> Connection:
        """The connection whose sign-in this finishes."""
        kept = _running(request.session.get(_SESSION_KEY, {}))
        begun = kept.pop(request.query_params.get("state", ""), None)
        request.session[_SESSION_KEY] = kept
        if begun is None:
            raise Problem(
                400,
                "unknown_sign_in",
                "This sign-in was not begun in this browser, or more than ten minutes ago.",
                hint="Begin it again on the connection's page.",
            )
        self.begun_for = begun["connection"]
        row = _connection_of(request, begun)
        code = request.query_params.get("code", "")
        if not code or len(code) > _MOST_CODE:
            told = request.query_params.get("error", "no_code")[:80]
            raise conflict("sign_in_refused", f"The system did not let you in ({told}).", hint="Try to sign in again.")
        with refusals_as_problems():
            tokens = loops.ask(oauth.complete(row, code, begun["verifier"], callback_url()))
            return connections.store_tokens(row, tokens, By(request.user, request))


def _landing(**told: str) -> HttpResponseRedirect:
    """The app's page that a sign-in ends on; it tells the page that began and closes itself."""
    return HttpResponseRedirect(f"{settings.PUBLIC_URL}/signed-in?{urlencode(told)}")


def callback_url() -> str:
    """The address that the outside systems must know as the redirect URI."""
    return f"{settings.PUBLIC_URL}/api/v1/oauth/callback/"


def _running(kept: Any) -> dict[str, dict[str, Any]]:
    now = time.time()
    return {state: begun for state, begun in dict(kept or {}).items() if begun.get("until", 0) > now}


def _connection_of(request: Request, begun: dict[str, Any]) -> Connection:
    """The connection, if the person may still look after it."""
    row = (
        Connection.objects.of(begun["tenant"])
        .select_related("environment", "tenant")
        .filter(id=begun["connection"])
        .first()
    )
    if row is None or not roles.allowed(request.user, row.tenant, "manage_connections"):
        raise not_found("connection")
    return row

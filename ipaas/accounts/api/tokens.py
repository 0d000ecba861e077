"""API tokens over HTTP: everyone looks after their own, those who manage members see and revoke all.

The text of a token is in the answer that made it and nowhere else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ipaas.accounts import tokens
from ipaas.accounts.api import shapes
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.problems import not_found
from ipaas.accounts.api.schema import documented
from ipaas.accounts.api.session import person
from ipaas.accounts.models import ApiToken


def token_answer(row: ApiToken) -> dict[str, Any]:
    """A token as the API shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "prefix": row.prefix,
        "owner": person(row.user),
        "created_at": row.created_at,
        "last_used_at": row.last_used_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }


class TokenView(TenantView):
    """Views that see tokens."""

    def visible(self) -> QuerySet[ApiToken]:
        """My tokens, or all of the tenant for those who manage members."""
        rows: QuerySet[ApiToken] = ApiToken.objects.of(self.tenant).select_related("user")
        return rows if "manage_members" in self.permissions else rows.filter(user_id=self.request.user.pk)


class Tokens(TokenView):
    """API tokens of the tenant."""

    permission = {"GET": "view", "POST": "view"}

    @documented(responses=shapes.TokenShape, paged=True)
    def get(self, request: Request, tenant: str) -> Response:
        """List my tokens, the newest first; whoever manages members sees everybody's."""
        return self.page(self.visible(), token_answer)

    @documented(request=shapes.TokenCreate, responses={201: shapes.TokenIssuedShape})
    def post(self, request: Request, tenant: str) -> Response:
        """Make a token that acts for me in this tenant, with the role I have at the time of each request.

        A token made with a token ends no later than that one.
        """
        given = self.checked(shapes.TokenCreate)
        with transaction.atomic():
            text, row = tokens.issue(self.tenant, request.user, given["name"], self._ends_at(given["expires_at"]))  # type: ignore[arg-type]
            self.note("token.issued", "token", row.id, {"name": row.name, "prefix": row.prefix})
        return Response({**token_answer(row), "token": text}, status=201)

    def _ends_at(self, wanted: datetime | None) -> datetime | None:
        ends = getattr(self.request.auth, "expires_at", None)
        return min((moment for moment in (wanted, ends) if moment is not None), default=None)


class OneToken(TokenView):
    """One API token."""

    permission = {"GET": "view", "DELETE": "view"}

    @documented(responses=shapes.TokenShape)
    def get(self, request: Request, tenant: str, token_id: str) -> Response:
        """A token, without its text."""
        return Response(token_answer(self._token(token_id)))

    @documented(responses={204: None})
    def delete(self, request: Request, tenant: str, token_id: str) -> Response:
        """Revoke a token at once; fine when it has been revoked already."""
        row = self._token(token_id)
        with transaction.atomic():
            if tokens.revoke(row, timezone.now()):
                self.note("token.revoked", "token", row.id, {"name": row.name, "owner": row.user.email})
        return Response(status=204)

    def _token(self, token_id: str) -> ApiToken:
        found = self.visible().filter(id=token_id).first()
        if found is None:
            raise not_found("token")
        return found

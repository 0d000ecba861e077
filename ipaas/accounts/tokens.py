"""API tokens: issued once as text, kept as SHA-256 hashes, presented as `Authorization: Bearer`.

A token acts for its owner with the owner's present role, in its one tenant, and dies with expiry, revocation, the
owner's account or membership. Called by the API's authentication, the tokens API and the create_token command.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ipaas.accounts.models import ApiToken, Membership, Tenant, User

_BEGINNING = "ipaas_"
_SHOWN = len(_BEGINNING) + 6
_LONGEST = 200
_USE_NOTED_EVERY = timedelta(minutes=1)


def issue(tenant: Tenant, user: User, name: str, expires_at: datetime | None = None) -> tuple[str, ApiToken]:
    """Make a token; its text is in the answer and nowhere else."""
    text = _BEGINNING + secrets.token_urlsafe(32)
    token: ApiToken = ApiToken.objects.of(tenant).create(
        user=user, name=name, hash=_hashed(text), prefix=text[:_SHOWN], expires_at=expires_at
    )
    return text, token


def revoke(token: ApiToken, now: datetime) -> bool:
    """End a token; answers whether it was alive until now."""
    alive = ApiToken.objects.of(token.tenant_id).filter(id=token.id, revoked_at=None)
    return alive.update(revoked_at=now) == 1


def find(text: str, now: datetime) -> ApiToken | None:
    """The living token of a text, with its tenant and owner; one query."""
    if not text.startswith(_BEGINNING) or len(text) > _LONGEST:
        return None
    wanted = _hashed(text)
    member = Membership.objects.across_tenants("of the token's own tenant").filter(
        tenant=OuterRef("tenant"), user=OuterRef("user")
    )
    token = (
        ApiToken.objects.across_tenants("a token names its tenant itself")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), Exists(member), hash=wanted, revoked_at=None)
        .filter(user__is_active=True)
        .select_related("tenant", "user")
        .first()
    )
    return token if token is not None and hmac.compare_digest(token.hash, wanted) else None


def note_use(token: ApiToken, now: datetime) -> None:
    """Remember that a token was used, at most once a minute."""
    if token.last_used_at is not None and now - token.last_used_at < _USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_NOTED_EVERY)
    ApiToken.objects.of(token.tenant_id).filter(stale, id=token.id).update(last_used_at=now)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """Signs a request in by `Authorization: Bearer`; such requests need no CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = find(text.strip(), now)
        if token is None:
            raise AuthenticationFailed("This API token is unknown, expired or revoked.", code="token_refused")
        note_use(token, now)
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="ipaas"'

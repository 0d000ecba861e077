"""Members of a tenant over HTTP: list, add, change role, remove.

Rules are in `ipaas.accounts.members`; this module checks the request, calls them and writes the audit entry.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ipaas.accounts import members
from ipaas.accounts.api import shapes
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.problems import Problem, conflict, not_found
from ipaas.accounts.api.schema import documented
from ipaas.accounts.models import Membership


def member_answer(row: Membership) -> dict[str, Any]:
    """A member as the API shows one."""
    return {
        "id": row.id,
        "user_id": row.user_id,
        "email": row.user.email,
        "name": row.user.name,
        "role": row.role,
        "created_at": row.created_at,
    }


class Members(TenantView):
    """Members of the tenant."""

    permission = {"GET": "view", "POST": "manage_members"}

    @documented(responses=shapes.MemberShape, paged=True)
    def get(self, request: Request, tenant: str) -> Response:
        """List members, the longest-standing first."""
        return self.page(Membership.objects.of(self.tenant).select_related("user"), member_answer, ("id",))

    @documented(request=shapes.MemberAdd, responses={201: shapes.MemberAddedShape}, problems=(409,))
    def post(self, request: Request, tenant: str) -> Response:
        """Add a person by e-mail address.

        Somebody new gets an account with a first password, which is in the answer this once; they should change it.
        """
        given = self.checked(shapes.MemberAdd)
        try:
            with transaction.atomic():
                added = members.add_member(self.tenant, given["email"], given["role"], name=given["name"])
                row = added.membership
                self.note("member.added", "member", row.id, {"email": row.user.email, "role": row.role})
        except members.AlreadyMember as error:
            raise conflict("already_member", str(error), "Change the member's role instead.") from None
        return Response({**member_answer(row), "initial_password": added.initial_password}, status=201)


class OneMember(TenantView):
    """One member."""

    permission = {"GET": "view", "PATCH": "manage_members", "DELETE": "manage_members"}

    @documented(responses=shapes.MemberShape)
    def get(self, request: Request, tenant: str, member_id: str) -> Response:
        """A member."""
        return Response(member_answer(self._member(member_id)))

    @documented(request=shapes.MemberPatch, responses=shapes.MemberShape, problems=(409,))
    def patch(self, request: Request, tenant: str, member_id: str) -> Response:
        """Give a member another role; the last admin stays admin."""
        row = self._member(member_id)
        wanted = self.checked(shapes.MemberPatch)["role"]
        try:
            with transaction.atomic():
                changed = members.change_role(row, wanted)
                detail = {"email": row.user.email, "from": row.role, "to": wanted}
                self.note("member.role_changed", "member", row.id, detail)
        except members.LastAdmin as error:
            raise _last_admin(error) from None
        return Response(member_answer(changed))

    @documented(responses={204: None}, problems=(409,))
    def delete(self, request: Request, tenant: str, member_id: str) -> Response:
        """Remove a member; their API tokens for this tenant are revoked. The last admin cannot be removed."""
        row = self._member(member_id)
        try:
            with transaction.atomic():
                members.remove_member(row, timezone.now())
                self.note("member.removed", "member", member_id, {"email": row.user.email, "role": row.role})
        except members.LastAdmin as error:
            raise _last_admin(error) from None
        return Response(status=204)

    def _member(self, member_id: str) -> Membership:
        found: Membership | None = (
            Membership.objects.of(self.tenant).filter(id=member_id).select_related("user").first()
        )
        if found is None:
            raise not_found("member")
        return found


def _last_admin(error: members.LastAdmin) -> Problem:
    return conflict("last_admin", str(error))

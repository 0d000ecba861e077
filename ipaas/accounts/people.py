"""Persons who sign in: how their accounts are made and found, by e-mail address without regard to case.

Called by the user model, members and commands; it knows nothing of tenants and roles.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager

if TYPE_CHECKING:
    from ipaas.accounts.models import User


def plain_email(email: str) -> str:
    """The one spelling under which an address is kept."""
    return email.strip().lower()


def made_up_password() -> str:
    """A first password that a person can copy and no one can guess."""
    return "-".join(secrets.token_urlsafe(4).replace("-", "x").replace("_", "y") for _ in range(4))


class People(BaseUserManager["User"]):
    """Makes and finds accounts by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password nobody can sign in to it yet."""
        user = self.model(email=plain_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=plain_email(username or ""))

    def with_email(self, email: str) -> User | None:
        """The account of an address, if there is one."""
        return self.filter(email=plain_email(email)).first()

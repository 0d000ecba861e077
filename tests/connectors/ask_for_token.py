"""A process that asks for a connection's token: `python -m tests.connectors.ask_for_token TENANT CONNECTION`.

Run by the OAuth tests against the test's own database, named by TEST_DATABASE.
"""

from __future__ import annotations

import asyncio
import os
import sys

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> None:
    """Print the token."""
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
    settings.IPAAS_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    django.setup()
    from connectors import oauth
    from connectors import registry as registered
    from connectors.models import Connection
    from connectors.registry import Registry
    from tests.connectors.installed import DESK

    registered._registry = Registry([DESK])
    row = Connection.objects.of(sys.argv[1]).get(id=sys.argv[2])
    print(asyncio.run(oauth.credentials_for(row))["access_token"])


main()

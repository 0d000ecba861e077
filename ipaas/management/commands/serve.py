"""`ipaas serve`: the web server, and on a single machine everything else as well.

With IPAAS_REDIS_URL set it is one of several web processes and leaves running flows to `ipaas worker`.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve the browser app, the API, webhooks and the sandbox; without Redis also run the flows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port (default IPAAS_PORT or 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"ipaas is at {settings.PUBLIC_URL}")
        if not settings.REDIS_URL:
            self.stdout.write(f"Data: {settings.DATA_DIR}   Stop with Ctrl+C; nothing that was accepted is lost.")
        self.stdout.flush()
        uvicorn.run(
            "ipaas.asgi:application",
            host=options["host"],
            port=options["port"],
            lifespan="on",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=5,
            server_header=False,
            backlog=4096,
        )

"""The ASGI door of a web process: splits requests between the raw applications and Django.

Webhooks and simulators skip Django's request stack (a twentieth of its cost); sockets go through Channels, the rest is
Django. Start-up and shut-down of background work is `ipaas.background`'s.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipaas.settings")

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from connectors.sandbox.host import sandbox_app  # noqa: E402
from flows.sockets import LiveSocket  # noqa: E402
from flows.triggers.webhook import webhook_app  # noqa: E402
from ipaas.background import Background, role_of_web  # noqa: E402

_sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(LiveSocket.as_asgi()))
_background = Background(role_of_web())


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One connection, to whom it belongs."""
    kind = scope["type"]
    if kind == "http":
        path: str = scope["path"]
        if path.startswith("/hooks/"):
            await webhook_app(scope, receive, send)
        elif path.startswith("/sandbox/") and path.count("/") > 2:
            await sandbox_app(scope, receive, send)
        else:
            await _django(scope, receive, send)
    elif kind == "websocket":
        if scope["path"].startswith("/ws/"):
            await _sockets(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4404})
    elif kind == "lifespan":
        await _lifespan(receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                await _background.start()
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await _background.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return

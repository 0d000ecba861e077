"""Logging in: performs a connection's declared or coded login and brings the token.

Used by the connection's sign-in when it has no valid token; a refusal means that a person has to mend the connection.
"""

from __future__ import annotations

from typing import Any

from connectors.gateway.answers import Lost
from connectors.gateway.bound import Bound
from connectors.gateway.declared import Prepared
from connectors.gateway.http import GatewayHttp
from connectors.gateway.records import Recorder, mask_error
from connectors.gateway.signin import login_values, token_of
from connectors.gateway.wire import Wire
from connectors.sdk.errors import ReconnectNeeded, Rejected
from connectors.sdk.manifest import LoginSpec, Token
from connectors.sdk.values import fill

_LOGIN_SECONDS = 30.0


async def log_in(bound: Bound, wire: Wire) -> Token:
    """Sign in as the manifest or the connector's code says.

    Raises:
        ReconnectNeeded: The system refused the credential.
        TryAgain: It could not be asked.
    """
    login = bound.auth.login
    assert login is not None
    recorder = Recorder(bound.masker, bound.row.name, bound.connector.name, "login", "read")
    http = GatewayHttp(bound, wire, recorder, "login", _LOGIN_SECONDS)
    try:
        if login.function is None:
            answer = await http.send(_prepared(login, bound), writes=False)
            return token_of(bound.auth, answer.json())
        function = bound.connector.function(login.function)
        assert function is not None
        token: Token = await function(http, dict(bound.credential))
        return token
    except Rejected as error:
        mask_error(error, bound.masker)
        raise ReconnectNeeded(
            f"The system refused the sign-in: {error.message}", code="login_refused", detail=error.detail
        ) from None
    except Lost as lost:
        raise lost.error from None


def _prepared(login: LoginSpec, bound: Bound) -> Prepared:
    def look_up(name: str) -> Any:
        if name.startswith("config."):
            return bound.config.get(name.removeprefix("config."))
        return bound.credential.get(name)

    return Prepared(
        login.method,
        fill(login.path, look_up),
        headers={name: fill(text, look_up) for name, text in login.headers.items()},
        json=login_values(login.json, look_up),
        form=login_values(login.form, look_up),
    )

"""Paths of the connectors API: below one tenant, and the few that belong to none.

Included by `ipaas.urls`, which owns the part of each path that comes before.
"""

from __future__ import annotations

from django.urls import path

from connectors.api import caring, connected, console, ledger, registered
from ipaas.accounts.api import converters  # noqa: F401  registers id, tenant and number

tenant_urlpatterns = [
    path("connectors/", registered.Connectors.as_view()),
    path("connectors/<id:name>/", registered.OneConnector.as_view()),
    path("connectors/<id:name>/icon.svg", registered.icon),
    path("connections/", connected.Connections.as_view()),
    path("connections/<id:connection_id>/", connected.OneConnection.as_view()),
    path("connections/<id:connection_id>/test/", connected.TestConnection.as_view()),
    path("connections/<id:connection_id>/rotate/", caring.RotateConnection.as_view()),
    path("connections/<id:connection_id>/health/", caring.Health.as_view()),
    path("connections/<id:connection_id>/duplicate/", caring.Duplicate.as_view()),
    path("connections/<id:connection_id>/oauth/start/", connected.StartSignIn.as_view()),
    path("effects/", ledger.Effects.as_view()),
    path("effects/<id:effect_id>/", ledger.OneEffect.as_view()),
    path("sandbox/", console.Sandbox.as_view()),
    path("sandbox/reset/", console.Reset.as_view()),
    path("sandbox/faults/", console.Faults.as_view()),
    path("sandbox/faults/<id:fault_id>/", console.OneFault.as_view()),
    path("sandbox/play/", console.Play.as_view()),
    path("sandbox/plays/", console.Plays.as_view()),
    path("sandbox/plays/<id:play_id>/", console.OnePlay.as_view()),
    path("sandbox/ledger/<id:system>/", console.Ledger.as_view()),
    path("sandbox/clock/", console.Clock.as_view()),
    path("sandbox/deliveries/", console.Deliveries.as_view()),
]

urlpatterns = [
    path("oauth/callback/", connected.SignInCallback.as_view()),
    path("connectors/<id:name>/icon.svg", registered.icon),
]

"""The one door to the world, both ways: `gateway().call(order)` out, `verify` in.

Used by the runner, subscriptions, connections and intake. Everything else in this package is its inside.
"""

from connectors.effects import TRIAL_EFFECTS
from connectors.gateway.gateway import Gateway, forget_connection, gateway, verify_webhook, when_refused
from connectors.gateway.orders import CallOrder, CallResult, EffectContext
from connectors.sdk.signatures import SignatureRefused

__all__ = [
    "TRIAL_EFFECTS",
    "CallOrder",
    "CallResult",
    "EffectContext",
    "Gateway",
    "SignatureRefused",
    "forget_connection",
    "gateway",
    "verify_webhook",
    "when_refused",
]

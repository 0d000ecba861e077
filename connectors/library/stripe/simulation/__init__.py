"""The stateful stand-in for Stripe, one module per resource family.

`connectors.library.stripe.simulator` is the door; nothing else outside this package calls in.
It keeps all state in the store it is given and never opens a connection of its own.
"""

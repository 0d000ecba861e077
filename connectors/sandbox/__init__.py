"""The sandbox: hosts the simulated systems of every tenant, breaks them on purpose, and sends their webhooks.

Mounted raw at /sandbox/ by asgi; steered through `connectors.api`. The gateway reaches it over HTTP like any system.
"""

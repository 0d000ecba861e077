"""The outside: connectors, the connections that hold their credentials, the gateway and the sandbox.

Flows reach other systems only through `connectors.gateway`; nothing in here knows a flow.
"""

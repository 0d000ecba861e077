"""HTTP of connectors: the registry, connections, the effect ledger, and the sandbox's console."""

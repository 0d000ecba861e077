"""Tests of the connectors app: sdk, registry, gateway, effect ledger, contract of every connector."""

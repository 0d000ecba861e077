"""Connectors that exist for the tests of the gateway only."""

"""Command line of the connectors app."""

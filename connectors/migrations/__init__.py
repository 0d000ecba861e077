"""Migrations of the connectors app."""

"""Migrations of the flows tables."""

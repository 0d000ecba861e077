"""Management commands of flows."""

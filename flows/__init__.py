"""Flows and their runs: what a person draws, and the journal of everything each run did."""

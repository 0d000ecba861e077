"""Tests of the pure engine and of mapping: no database, no clock, no network."""

"""Tests of the flows app against the real database: the book, the runner, triggers, publishing, control."""

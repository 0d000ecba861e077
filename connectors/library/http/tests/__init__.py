"""Tests of the HTTP connector."""

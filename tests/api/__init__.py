"""Tests of the HTTP API: sign-in, tenants, roles, tokens, audit trail, problems, and the promises of the OpenAPI."""

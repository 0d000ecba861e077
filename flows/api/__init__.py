"""The HTTP API of flows: drafts, versions, deployments, runs, lookup tables, templates.

Views check who may, read the request, call one use case and shape the answer; they decide nothing else.
"""

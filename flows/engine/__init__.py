"""The pure flow engine: documents in, decisions and facts out.

Owns how a document becomes a plan and how facts become the next decision. Called by the runner, publishing and the
API; never reads a clock, a network, a database or randomness.
"""

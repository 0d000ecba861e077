"""The database as the book: identifiers, and the one writer that commits a process's work in groups.

The lowest layer of the house: every app may use it, it knows none of them.
"""

"""Node kinds: one file each, and one explicit table (`table.py`).

Every file says what its kind looks like (`SPEC`), how its parameters compile, and what one try of it does.
"""

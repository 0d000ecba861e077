"""The house rules as tests: budgets, names, words, locks, the production shape, and that nothing goes untested.

Each rule is a pure function over a file's text beside the test that applies it to the whole tree and to a small
bad example. Exceptions are listed in exceptions.toml with a reason, and may only shrink.
"""

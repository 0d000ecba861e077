"""The tests of the product, one folder per area; connector tests live beside their connector.

Imported by pytest and by the `python -m tests.…` commands; the product itself never imports it.
"""

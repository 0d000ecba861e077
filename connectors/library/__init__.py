"""The connectors that come with the product, one folder each.

The registry finds them by their folder; nobody imports one by name, and they do not know each other.
"""

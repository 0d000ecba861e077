"""Suggestions of field mappings: given two schemas, which source fields fill which target fields, how, and why.

Pure and offline: no Django, no network, no clock. `suggest.py` is the door; the other files are its steps.
"""

"""All that the author of a connector may import: manifest, HTTP, signatures, money, simulator, suite.

Pure Python without Django; the gateway and the registry use it from outside, connectors from inside.
"""

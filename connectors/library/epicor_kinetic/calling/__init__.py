"""How the operations talk to Kinetic: one module per business thing; `operations.py` is their door."""

"""The simulated Epicor Kinetic server: its doors, its tables, its business rules. Entered through `simulator.py`."""

"""A small connector for tests: a help desk with tickets, its declaration and its simulated system."""

"""A connector with one operation of every kind, whose system is a scripted server of the test."""

"""Tests of the simulated Kinetic by itself: its rules, its queries, its robustness."""

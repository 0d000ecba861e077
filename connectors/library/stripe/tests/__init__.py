"""Tests of the Stripe connector: the simulator's rules, its samples and the manifest."""

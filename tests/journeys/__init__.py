"""Journeys: the product as real processes, driven over HTTP as its users and the outside systems drive it."""

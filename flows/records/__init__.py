"""Records kept by people beside the flows: lookup tables."""

"""How fast the browser app is, and what is seen while it happens. Run alone: other work would be measured too."""

"""How fast the browser app is: the first load, five hundred steps. Run alone: other work would be measured too."""

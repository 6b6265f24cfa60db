"""From IOM's order states to the shop's words."""

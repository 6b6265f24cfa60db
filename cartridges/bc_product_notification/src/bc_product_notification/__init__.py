"""Tells shoppers by mail when a product can be bought again."""

"""Baskets of those who buy, in the database."""

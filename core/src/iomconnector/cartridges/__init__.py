"""Cartridges: how they are found, described, ordered and loaded."""

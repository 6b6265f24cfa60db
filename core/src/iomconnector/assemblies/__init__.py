"""Assemblies: which cartridges load, in what order, in which environment."""

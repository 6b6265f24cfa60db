"""Managed services: definition, configuration, resolution for a context."""

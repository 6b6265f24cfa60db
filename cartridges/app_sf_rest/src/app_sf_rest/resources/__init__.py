"""The resources, one module a topic."""

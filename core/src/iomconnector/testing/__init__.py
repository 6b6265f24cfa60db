"""What authors of cartridges test with: pytest plugin, strategies, contract suites. Public API."""

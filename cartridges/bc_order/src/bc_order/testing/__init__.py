"""A shop of its own for tests: run as users run it, with an order management system made of files."""

"""A ports-and-adapters framework that joins a commerce platform to an order management system."""

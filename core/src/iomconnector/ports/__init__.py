"""What the core asks of the outside, one file a service interface."""

"""The IOM Inventory Service: availability and reservations."""

"""The shop's own stock, and the inventory service that asks it."""

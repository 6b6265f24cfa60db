"""Parcels with tracking links on the page of an order."""

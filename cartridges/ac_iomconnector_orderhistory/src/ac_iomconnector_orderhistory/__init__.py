"""What IOM knows of orders: states, payment, notes, documents, parcels."""

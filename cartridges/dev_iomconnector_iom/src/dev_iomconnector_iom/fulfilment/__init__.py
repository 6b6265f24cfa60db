"""What happens to an order after it is stored: states, suppliers, parcels, invoices, returns."""

"""What the connector adds to the storefront: payment, documents and notes of orders."""

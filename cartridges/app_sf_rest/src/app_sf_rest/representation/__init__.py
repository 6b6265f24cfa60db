"""Orders, documents and payments as ICM's REST interface shows them."""

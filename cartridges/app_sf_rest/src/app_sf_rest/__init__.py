"""The storefront REST application: orders, documents and tokens as ICM's REST interface has them."""

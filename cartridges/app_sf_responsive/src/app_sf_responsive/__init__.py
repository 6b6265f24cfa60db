"""The storefront: what customers see of their orders."""

"""Notify me when available, in the storefront."""

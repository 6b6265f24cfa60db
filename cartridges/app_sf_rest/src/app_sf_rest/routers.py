"""All resources of the storefront REST application."""

from app_sf_rest.resources import documents, orders, tokens

ROUTERS = [tokens.router, documents.router, orders.router]

"""All resources of the storefront REST application."""

from app_sf_rest.resources import documents, inventories, orders, tokens

ROUTERS = [tokens.router, documents.router, orders.router, inventories.router]

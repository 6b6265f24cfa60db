"""All routes of the storefront; where two fit an address, the first one answers."""

from app_sf_responsive.assets import ASSETS

ROUTERS = [ASSETS.router]

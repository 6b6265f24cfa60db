"""All routes of the storefront; where two fit an address, the first one answers."""

from app_sf_responsive.assets import ASSETS
from app_sf_responsive.views import language, nowhere, shops

ROUTERS = [ASSETS.router, shops.router, language.router, nowhere.router]

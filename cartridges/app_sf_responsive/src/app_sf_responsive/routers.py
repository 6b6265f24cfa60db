"""All routes of the storefront; where two fit an address, the first one answers."""

from app_sf_responsive.assets import ASSETS
from app_sf_responsive.views import (
    account,
    cart,
    checkout,
    language,
    nowhere,
    orders,
    products,
    shops,
    sign_in,
)

ROUTERS = [
    ASSETS.router,
    shops.router,
    sign_in.router,
    language.router,
    account.router,
    orders.router,
    products.router,
    cart.router,
    checkout.router,
    nowhere.router,
]

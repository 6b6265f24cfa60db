"""All routes of the back office; where two fit an address, the first one answers."""

from app_bo import theme
from app_bo.assets import ASSETS
from app_bo.views import (
    accounts,
    audit,
    editing,
    new_service,
    nowhere,
    operations,
    order_bulk,
    order_correction,
    order_numbers,
    orders,
    own_account,
    service_types,
    services,
    sign_in,
    switching,
    system,
)

ROUTERS = [
    ASSETS.router,
    theme.router,
    sign_in.router,
    editing.router,
    switching.router,
    new_service.router,
    services.router,
    service_types.router,
    audit.router,
    system.router,
    order_numbers.router,
    orders.router,
    order_correction.router,
    order_bulk.router,
    operations.router,
    accounts.router,
    own_account.router,
    nowhere.router,
]

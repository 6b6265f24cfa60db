"""Configurations of the IOM order export, order history and inventory services for the two sample channels.

The shops, the user and the password are those of IOM's published demo. [iom-api 5]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from init_inspired.contexts import BUSINESS_CHANNEL, CONSUMER_CHANNEL
from iomconnector.application import Application
from iomconnector.ports.inventory_service import InventoryService

DEFINITION = "iom-order-export"
HISTORY_DEFINITION = "iom-order-history"
INVENTORY_DEFINITION = "iom-inventory"
LOCAL_INVENTORY_DEFINITION = "simple-inventory"
BASE_URL = "http://127.0.0.1:8090"
DEMO_USER = "webservice_shop"
DEMO_PASSWORD = "!InterShop00!"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Shop:
    """An IOM shop that belongs to a channel.

    Arguments:
        service: The id of the configuration of the order export.
        history: The id of the configuration of the order history.
        inventory: The id of the configuration of the inventory.
        channel: The channel.
        shop_id: IOM's number of the shop.
        shop_name: IOM's name of the shop.
    """

    service: str
    history: str
    inventory: str
    channel: str
    shop_id: int
    shop_name: str


SHOPS = (
    Shop(
        "iom-order-export-intronics",
        "iom-order-history-intronics",
        "iom-inventory-intronics",
        CONSUMER_CHANNEL,
        10010,
        "inTRONICS",
    ),
    Shop(
        "iom-order-export-intronics-business",
        "iom-order-history-intronics-business",
        "iom-inventory-intronics-business",
        BUSINESS_CHANNEL,
        10020,
        "inTRONICS Business",
    ),
)


async def prepare_services(application: Application) -> str:
    """Add the configurations of the export that are missing; those that are there stay as they are."""
    wanted = {shop.service: (DEFINITION, shop) for shop in SHOPS}
    return await _add_missing(application, wanted, {"digits_only_order_numbers": True})


async def prepare_history_services(application: Application) -> str:
    """Add the configurations of the order history that are missing, where the assembly has its cartridge."""
    if HISTORY_DEFINITION not in {definition.id for _, definition in application.definitions.all}:
        return "the assembly has no IOM Order History Service"
    return await _add_missing(application, {shop.history: (HISTORY_DEFINITION, shop) for shop in SHOPS}, {})


async def prepare_inventory_services(application: Application) -> str:
    """Add the configurations of the inventory that are missing, where the assembly has its cartridge.

    Only one inventory service can be active in a channel. In a sample channel the shop's own stock makes way
    for IOM's and answers in its place while IOM cannot; where somebody chose another inventory service, that
    one stays, and IOM's is added inactive.
    """
    if INVENTORY_DEFINITION not in {definition.id for _, definition in application.definitions.all}:
        return "the assembly has no IOM Inventory Service"
    told = []
    for shop in SHOPS:
        others = [
            row.configuration.id
            for row in await application.services.overview(shop.channel)
            if row.definition is not None
            and row.definition.port is InventoryService
            and row.definition.id != LOCAL_INVENTORY_DEFINITION
            and row.configuration.id != shop.inventory
            and row.status.operational
        ]
        added = await _add_missing(
            application,
            {shop.inventory: (INVENTORY_DEFINITION, shop)},
            {"check_on_failure": True},
            active=not others,
            replace=not others,
        )
        told.append(f"{added} (inactive, {', '.join(others)} is active)" if others else added)
    return ", ".join(told)


async def _add_missing(
    application: Application,
    wanted: Mapping[str, tuple[str, Shop]],
    further: Mapping[str, Any],
    *,
    active: bool = True,
    replace: bool = False,
) -> str:
    present = {configuration.id for configuration in await application.services.all()}
    missing = [service for service in wanted if service not in present]
    for service in missing:
        definition, shop = wanted[service]
        await application.services.add(
            service,
            definition=definition,
            context=shop.channel,
            values={**_settings(shop), **further},
            active=active,
            replace=replace,
            by="database preparation",
        )
    return ", ".join(missing) or "all are there already"


def _settings(shop: Shop) -> dict[str, Any]:
    return {
        "base_url": BASE_URL,
        "shop_id": shop.shop_id,
        "shop_name": shop.shop_name,
        "user": DEMO_USER,
        "password": DEMO_PASSWORD,
    }

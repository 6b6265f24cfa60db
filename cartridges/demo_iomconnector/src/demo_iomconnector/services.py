"""Configurations of the IOM Order Export Service for the two sample channels.

The shops, the user and the password are those of IOM's published demo. [iom-api 5]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from init_inspired.contexts import BUSINESS_CHANNEL, CONSUMER_CHANNEL
from iomconnector.application import Application

DEFINITION = "iom-order-export"
BASE_URL = "http://127.0.0.1:8090"
DEMO_USER = "webservice_shop"
DEMO_PASSWORD = "!InterShop00!"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Shop:
    """An IOM shop that belongs to a channel.

    Arguments:
        service: The id of the service configuration.
        channel: The channel.
        shop_id: IOM's number of the shop.
        shop_name: IOM's name of the shop.
    """

    service: str
    channel: str
    shop_id: int
    shop_name: str


SHOPS = (
    Shop("iom-order-export-intronics", CONSUMER_CHANNEL, 10010, "inTRONICS"),
    Shop("iom-order-export-intronics-business", BUSINESS_CHANNEL, 10020, "inTRONICS Business"),
)


async def prepare_services(application: Application) -> str:
    """Add the configurations that are missing; those that are there stay as they are."""
    present = {configuration.id for configuration in await application.services.all()}
    missing = [shop for shop in SHOPS if shop.service not in present]
    for shop in missing:
        await application.services.add(
            shop.service,
            definition=DEFINITION,
            context=shop.channel,
            values=_settings(shop),
            by="database preparation",
        )
    return ", ".join(shop.service for shop in missing) or "all are there already"


def _settings(shop: Shop) -> dict[str, Any]:
    return {
        "base_url": BASE_URL,
        "shop_id": shop.shop_id,
        "shop_name": shop.shop_name,
        "user": DEMO_USER,
        "password": DEMO_PASSWORD,
        "digits_only_order_numbers": True,
    }

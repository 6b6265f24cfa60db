"""The parts of this cartridge in a running system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bc_product_notification.delivery import DeliverMails
from bc_product_notification.links import Links
from bc_product_notification.notify_me import NotifyMe
from bc_product_notification.notifying import NotifyShoppers
from bc_product_notification.sql_subscriptions import SqlSubscriptions

if TYPE_CHECKING:
    from iomconnector.application import Application

log = structlog.get_logger(__name__)


def notify_me(application: Application) -> NotifyMe:
    """What shoppers do."""
    store = SqlSubscriptions(application.database)
    return NotifyMe(store, application.catalog, application.clock)


def notify_shoppers(application: Application) -> NotifyShoppers | None:
    """Writes to shoppers; none where nobody said at which address they reach the shop, and links in mails
    would lead nowhere."""
    address = application.settings.public_address
    if address is None:
        return None

    async def names(channel: str, sku: str, language: str) -> tuple[str, str]:
        products = await application.catalog.products(channel, [sku])
        context, *_ = await application.contexts.path_to(channel)
        return products[sku].name(language) if sku in products else sku, context.display_name

    store = SqlSubscriptions(application.database)
    deliver = DeliverMails(store, names, Links(address), application.clock)
    return NotifyShoppers(
        store, application.availability.of, application.mail_sender, deliver, application.clock
    )

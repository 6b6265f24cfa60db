"""What is done at certain times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from bc_product_notification.parts import notify_shoppers
from bc_product_notification.sql_subscriptions import SqlSubscriptions
from iomconnector.jobs.offered import Schedule

if TYPE_CHECKING:
    from iomconnector.application import Application

log = structlog.get_logger(__name__)

UNCONFIRMED_KEPT: Final = timedelta(days=7)
ENDED_KEPT: Final = timedelta(days=30)
CLIENT_KEPT: Final = timedelta(days=1)


def schedules_of(application: Application) -> list[Schedule]:
    """Look for products that are available again, send what is due, remove what is old."""

    async def look() -> None:
        notify = notify_shoppers(application)
        if notify is None:
            log.warning("nobody is notified: the setting shop_address is missing")
        elif sent := await notify.look():
            log.info("shoppers were notified", mails=sent)

    async def finish() -> None:
        notify = notify_shoppers(application)
        if notify is not None:
            await notify.finish()

    async def forget() -> None:
        await forget_old(application)

    minutes = application.settings.product_notification_minutes
    return [
        Schedule("notify shoppers of products", f"*/{minutes} * * * *", look),
        Schedule("send mails about products", "* * * * *", finish),
        Schedule("removal of old product subscriptions", "41 * * * *", forget),
    ]


async def forget_old(application: Application) -> int:
    """Remove what was never confirmed within a week, and what ended a month ago; how many."""
    now = application.clock.now()
    return await SqlSubscriptions(application.database).forget(
        unconfirmed=now - UNCONFIRMED_KEPT, ended=now - ENDED_KEPT, clients=now - CLIENT_KEPT
    )

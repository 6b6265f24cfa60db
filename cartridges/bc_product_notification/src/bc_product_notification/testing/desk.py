"""Everything that notifies, on a database, with stock and mails in memory."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bc_product_notification.delivery import DeliverMails
from bc_product_notification.links import Links
from bc_product_notification.notifying import NotifyShoppers
from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import Limits, Wish
from bc_product_notification.testing.stage import NOW, notification_database
from iomconnector.model.availability import Availability, AvailabilitySource, Quality
from iomconnector.ports.mail_sender import MailSender
from iomconnector.services.resolution import ServiceResolutionError
from iomconnector.storage.database import Database
from iomconnector.testing.memory import ManualClock, MemoryMailbox, MemoryMailSender

PLENTY = Limits(10_000, 10_000, 10_000)
UNKNOWN = None


class NotificationDesk:
    """What notifies, and what it asks.

    Arguments:
        database: Where subscriptions are.
    """

    def __init__(self, database: Database) -> None:
        self.clock = ManualClock(NOW)
        self.store = SqlSubscriptions(database)
        self.mailboxes: dict[str, MemoryMailbox] = {}
        self.stock: dict[str, bool | None] = {}
        self.questions: list[tuple[str, tuple[str, ...], Quality]] = []
        self.without_mails: set[str] = set()
        links = Links("https://shop.example.com")
        self.notify = NotifyShoppers(
            self.store,
            self.availability,
            self.sender,
            DeliverMails(self.store, self.names, links, self.clock),
            self.clock,
        )

    async def subscribe(self, wish: Wish) -> None:
        """Keep a wish."""
        await self.store.subscribe(wish, PLENTY, self.clock.now())

    async def availability(
        self, channel: str, skus: Sequence[str], *, quality: Quality
    ) -> Mapping[str, Availability]:
        """What the stock says; what is not in it is sold out."""
        self.questions.append((channel, tuple(skus), quality))
        told = {}
        for sku in skus:
            known = self.stock.get(sku, False)
            source = AvailabilitySource.NOBODY if known is UNKNOWN else AvailabilitySource.INVENTORY_SERVICE
            told[sku] = Availability(sku, known, source, self.clock.now())
        return told

    async def sender(self, channel: str) -> MailSender:
        """What sends the mails of a channel.

        Raises:
            ServiceResolutionError: It has none.
        """
        if channel in self.without_mails:
            raise ServiceResolutionError(f"No mail service in {channel}.")
        return MemoryMailSender(self.mailbox(channel))

    def mailbox(self, channel: str) -> MemoryMailbox:
        """Where the mails of a channel arrive."""
        return self.mailboxes.setdefault(channel, MemoryMailbox())

    async def names(self, channel: str, sku: str, language: str) -> tuple[str, str]:
        """What the product and the shop are called."""
        return f"Product {sku}", "inTRONICS"


@asynccontextmanager
async def notification_desk(url: str) -> AsyncIterator[NotificationDesk]:
    """A desk on a database whose core tables are there already."""
    async with notification_database(url) as database:
        yield NotificationDesk(database)

"""A database with subscriptions, and wishes."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bc_product_notification.subscriptions import Wish
from iomconnector.model.mails import Mailbox
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import SchemaPreparer
from iomconnector.testing.samples import CHANNEL, CONTEXTS

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def notification_database(url: str) -> AsyncIterator[Database]:
    """A database with the core's tables, given those of subscriptions and the sample contexts as well.

    Arguments:
        url: Where it is; its core tables are there already.
    """
    async with aclosing(Database(url)) as database:
        await SchemaPreparer("bc_product_notification:revisions").schema.upgrade(database)
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        yield database


def wish(address: str = "anna@example.com", sku: str = "M-1", **fields: Any) -> Wish:
    """What a guest asks for."""
    given = {"channel": CHANNEL, "language": "en", "client": "192.0.2.1", **fields}
    return Wish(sku=sku, mailbox=Mailbox(address=address), **given)

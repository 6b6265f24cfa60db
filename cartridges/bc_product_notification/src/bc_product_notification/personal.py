"""What is stored of people, for those who ask and those who want it erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.tables import subscriptions, tokens
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.mails import Mailbox
from iomconnector.storage.database import Database


class SubscribersData:
    """Implements :class:`~iomconnector.ports.personal_records.PersonalRecords` on subscriptions.

    Arguments:
        database: The shop's database.
    """

    name = "product_subscriptions"
    tables: Sequence[str] = (subscriptions.name, tokens.name)

    def __init__(self, database: Database) -> None:
        self._store = SqlSubscriptions(database)

    async def stored(self, user: CustomerUser) -> Sequence[Mapping[str, Any]]:
        """All that is stored of a user and the user's address, in the user's channel."""
        return await self._store.of_person(_mailbox(user), channel=user.channel, login=user.login)

    async def erase(self, user: CustomerUser) -> int:
        """Remove it; how much."""
        return await self._store.erase_person(_mailbox(user), channel=user.channel, login=user.login)


def _mailbox(user: CustomerUser) -> Mailbox:
    """The address of a user; an old one that is none any more belongs to nobody."""
    try:
        return Mailbox(address=user.email)
    except ValueError:
        return Mailbox(address="nobody@shop.invalid")

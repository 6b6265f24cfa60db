"""Looking who waits for what, and telling them once it can be bought again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog

from bc_product_notification.delivery import DeliverMails, Delivery
from bc_product_notification.subscriptions import SubscriptionQuery, SubscriptionStore
from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.availability import Availability, AvailabilitySource, Quality
from iomconnector.ports.clock import Clock
from iomconnector.ports.mail_sender import MailSender

log = structlog.get_logger(__name__)

PRODUCTS_AT_ONCE: Final = 200
PEOPLE_AT_ONCE: Final = 100
PATIENCE: Final = 5
"""After so many mails in a row that were not taken, the mail system of a channel is left alone until next
time."""

SenderOf = Callable[[str], Awaitable[MailSender]]
"""Gives what sends the mails of a channel."""


class AvailabilityOf(Protocol):
    """Tells whether products can be bought, as ``application.availability.of`` does."""

    async def __call__(
        self, channel: str, skus: Sequence[str], *, quality: Quality
    ) -> Mapping[str, Availability]:
        """Whether products can be bought, by SKU."""
        ...


class NotifyShoppers:
    """Notifies each subscriber once, when the product can be bought again for certain.

    Arguments:
        store: Where subscriptions are.
        availability: Tells what can be bought.
        senders: Gives what sends mails.
        deliver: Sends the mail of one subscription.
        clock: Tells the time.
    """

    def __init__(
        self,
        store: SubscriptionStore,
        availability: AvailabilityOf,
        senders: SenderOf,
        deliver: DeliverMails,
        clock: Clock,
    ) -> None:
        self._store = store
        self._availability = availability
        self._senders = senders
        self._deliver = deliver
        self._clock = clock

    async def look(self) -> int:
        """Ask for all products that somebody waits for, and write to those who wait; how many mails went out.

        A channel whose stock or mail system fails is tried again next time, and holds up no other one.

        Raises:
            StorageError: The database does not answer; what was sent is not sent again.
        """
        sent = 0
        for channel in await self._store.channels():
            desk = await self._desk(channel)
            if desk is not None:
                sent += await self._look_at(channel, desk)
        return sent

    async def finish(self) -> int:
        """Send what is due whatever the stock says: mails that ask to confirm, and notifications that may
        have been sent before; how many were sent.

        Raises:
            StorageError: The database does not answer.
        """
        sent, after = 0, 0
        desks: dict[str, _Desk | None] = {}
        while keys := await self._store.unfinished(self._clock.now(), after=after, limit=PEOPLE_AT_ONCE):
            for key in keys:
                sent += await self._finish(key, desks)
            after = keys[-1]
        return sent

    async def confirmation(self, key: int) -> None:
        """Send the mail of one subscription that asks to confirm, if it is due.

        Raises:
            StorageError: The database does not answer.
        """
        await self._finish(key, {})

    async def _finish(self, key: int, desks: dict[str, "_Desk | None"]) -> int:
        found = await self._store.page(SubscriptionQuery(after=key - 1, limit=1))
        if not found or found[0].id != key:
            return 0
        channel = found[0].channel
        if channel not in desks:
            desks[channel] = await self._desk(channel)
        desk = desks[channel]
        return await desk.write_to(key) if desk is not None and not desk.is_closed else 0

    async def _look_at(self, channel: str, desk: "_Desk") -> int:
        sent, after = 0, ""
        while not desk.is_closed and (skus := await self._wanted(channel, after)):
            after = skus[-1]
            told = await self._availability(channel, skus, quality=Quality.CART)
            for sku in (each for each in skus if _can_be_bought(told.get(each))):
                sent += await self._tell_all(channel, sku, desk)
        return sent

    async def _wanted(self, channel: str, after: str) -> Sequence[str]:
        return await self._store.wanted(channel, self._clock.now(), after=after, limit=PRODUCTS_AT_ONCE)

    async def _tell_all(self, channel: str, sku: str, desk: "_Desk") -> int:
        """Write to everybody who waits for a product. Who was written to waits no more, or later."""
        sent = 0
        while keys := await self._store.waiting(channel, sku, self._clock.now(), limit=PEOPLE_AT_ONCE):
            before = desk.handled
            for key in keys:
                sent += await desk.write_to(key)
                if desk.is_closed:
                    return sent
            if desk.handled == before:
                return sent
        return sent

    async def _desk(self, channel: str) -> "_Desk | None":
        try:
            return _Desk(self._deliver, await self._senders(channel))
        except StorageError:
            raise
        except ConnectorError as error:
            log.warning(
                "nobody can be notified, because mails cannot be sent", channel=channel, reason=str(error)
            )
            return None


class _Desk:
    """Writes the mails of a channel, and closes when several in a row are not taken."""

    def __init__(self, deliver: DeliverMails, sender: MailSender) -> None:
        self._deliver = deliver
        self._sender = sender
        self._failed = 0
        self.handled = 0

    @property
    def is_closed(self) -> bool:
        """Whether the mail system is left alone."""
        return self._failed >= PATIENCE

    async def write_to(self, key: int) -> int:
        """Send the mail of a subscription; 1 where it was sent. One that fails keeps no others waiting."""
        try:
            outcome = await self._deliver.deliver(key, self._sender)
        except StorageError:
            raise
        except Exception:
            log.exception("a mail cannot be written", subscription=key)
            return 0
        if outcome is not Delivery.NOT_DUE:
            self.handled += 1
            self._failed = self._failed + 1 if outcome is Delivery.POSTPONED else 0
        return int(outcome is Delivery.SENT)


def _can_be_bought(told: Availability | None) -> bool:
    """Whether somebody who can know it says so."""
    return told is not None and told.available is True and told.source is not AvailabilitySource.NOBODY

"""Sending the mail of one subscription, so that no kill and no lost answer makes a second one of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import uuid4

import structlog

from bc_product_notification.letters import Letter, mail_of
from bc_product_notification.links import Links
from bc_product_notification.subscriptions import Subscription, SubscriptionStore
from bc_product_notification.token_hashes import hash_of, new_token
from iomconnector.model.mails import masked_address
from iomconnector.ports.clock import Clock
from iomconnector.ports.mail_sender import (
    MailRefusedError,
    MailSender,
    MailUnavailableError,
    MailUnclearError,
)

log = structlog.get_logger(__name__)

CLAIM: Final = timedelta(minutes=15)
"""Longer than any mail takes; afterwards somebody else may send it."""
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)

NamesOf = Callable[[str, str, str], Awaitable[tuple[str, str]]]
"""Gives the name of the product and that of the shop, of a channel, a SKU and a language."""


class Delivery(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    REFUSED = "refused"
    POSTPONED = "postponed"
    NOT_DUE = "not due"
    """Nothing was to be sent, or somebody else sends it."""


class DeliverMails:
    """Sends the mails of subscriptions.

    Before a mail is sent, it is written down that it may be sent, and under which id. Whoever comes after a
    kill or a lost answer sends the same mail again, under the same id.

    Arguments:
        store: Where subscriptions are.
        names: Gives the names that mails tell.
        links: Where links lead.
        clock: Tells the time.
    """

    def __init__(self, store: SubscriptionStore, names: NamesOf, links: Links, clock: Clock) -> None:
        self._store = store
        self._names = names
        self._links = links
        self._clock = clock

    async def deliver(self, key: int, sender: MailSender) -> Delivery:
        """Send the mail that a subscription is due.

        Arguments:
            key: The subscription.
            sender: Sends the mails of its channel.

        Raises:
            StorageError: The database does not answer. A mail that was sent will be sent again then, under
                the same id.
        """
        token, now = new_token(), self._clock.now()
        claimed = await self._store.claim(
            key,
            message_id=f"notification-{key}-{uuid4().hex}@{self._links.domain}",
            token_hash=hash_of(token),
            until=now + CLAIM,
            now=now,
        )
        if claimed is None:
            return Delivery.NOT_DUE
        name, shop = await self._names(claimed.channel, claimed.sku, claimed.language)
        mail = mail_of(Letter(claimed, token, name, shop), self._links)
        try:
            await sender.send(mail)
        except MailRefusedError as error:
            await self._store.refused(claimed, self._clock.now())
            log.warning(
                "a subscription ends, because its mail was refused for good",
                **_ids(claimed),
                reason=error.message,
            )
            return Delivery.REFUSED
        except MailUnavailableError as error:
            unclear, now = isinstance(error, MailUnclearError), self._clock.now()
            await self._store.postponed(claimed, now + pause_after(claimed.attempts), now, unclear=unclear)
            log.warning("a mail is tried again later", **_ids(claimed), unclear=unclear, reason=error.message)
            return Delivery.POSTPONED
        await self._store.sent(claimed, self._clock.now())
        log.info("a mail was sent", **_ids(claimed))
        return Delivery.SENT


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubled with each one, up to an hour."""
    doubled = min(max(attempts - 1, 0), 16)
    return min(timedelta(seconds=FIRST_PAUSE.total_seconds() * (1 << doubled)), LONGEST_PAUSE)


def _ids(subscription: Subscription) -> dict[str, object]:
    return {
        "subscription": subscription.id,
        "channel": subscription.channel,
        "sku": subscription.sku,
        "address": masked_address(subscription.address),
        "message_id": subscription.message_id,
        "attempt": subscription.attempts,
    }

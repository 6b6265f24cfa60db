"""A shopper's wish to be told when a product can be bought again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from iomconnector.model.mails import Mailbox


class SubscriptionState(StrEnum):
    """How far a subscription has come."""

    UNCONFIRMED = "unconfirmed"
    """A guest asked for it; whoever reads the mails of the address has not confirmed it yet."""
    WAITING = "waiting"
    """The product cannot be bought, as far as is known; for certain no notification was sent."""
    SENDING = "sending"
    """The notification was sent, or was about to be: it may have arrived, and has an id for good."""
    NOTIFIED = "notified"
    """The mail system took the notification."""
    UNSUBSCRIBED = "unsubscribed"
    """The shopper ended it."""
    REFUSED = "refused"
    """The mail system refused the address or the mail for good."""


OPEN: Final = (SubscriptionState.UNCONFIRMED, SubscriptionState.WAITING, SubscriptionState.SENDING)
"""Of one address there is one subscription to a product in one of these states."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription.

    Arguments:
        id: Its key.
        channel: Where the product is sold.
        sku: The product.
        address: To whom mails go.
        login: The registered user whose address it is; none of a guest.
        language: The language of mails.
        state: How far it has come.
        created_at: When it was asked for.
        changed_at: When that last changed.
        mail_at: When the next mail may be sent at the earliest; none where none is to be sent.
        attempts: How often a mail was begun to be sent.
        message_id: The id of the mail that is to be sent, or was sent last; none before the first attempt.
        maybe_sent: Whether the notification may have arrived by an earlier attempt.
    """

    id: int
    channel: str
    sku: str
    address: str
    login: str | None
    language: str
    state: SubscriptionState
    created_at: datetime
    changed_at: datetime
    mail_at: datetime | None
    attempts: int
    message_id: str | None
    maybe_sent: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shopper asks for.

    Arguments:
        channel: Where the product is sold.
        sku: The product.
        mailbox: To whom mails go.
        language: The language of mails, ``en`` or ``de``.
        client: From where it is asked; what counts as one address of the network.
        login: The registered user whose address it is; none: a guest, who has to confirm it.
    """

    channel: str
    sku: str
    mailbox: Mailbox
    language: str
    client: str
    login: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one address and one client may ask for.

    Arguments:
        open_of_address: So many open subscriptions an address has at most, in all channels.
        confirmations_of_address: So many mails that ask to confirm go to an address within a day.
        wishes_of_client: So many subscriptions come from one client within an hour.
        between_confirmations: Asking again within this time sends no further mail.
    """

    open_of_address: int = 50
    confirmations_of_address: int = 5
    wishes_of_client: int = 20
    between_confirmations: timedelta = timedelta(minutes=30)


class Reception(StrEnum):
    """What became of a wish."""

    NEW = "new"
    REPEATED = "repeated"
    """There was one already. A guest who has not confirmed it perhaps gets another mail."""
    ADDRESS_FULL = "too many of the address"
    CLIENT_FULL = "too many of the client"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a wish.

    Arguments:
        reception: What was done with it.
        mail: The key of the subscription for which a mail is to be sent now; none where none is.
    """

    reception: Reception
    mail: int | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionQuery:
    """Which subscriptions an operator looks for.

    Arguments:
        channel: Only of this channel.
        sku: Only of this product.
        address: Only of this address.
        state: Only in this state.
        after: Only behind this key.
        limit: How many at most.
    """

    channel: str | None = None
    sku: str | None = None
    address: Mailbox | None = None
    state: SubscriptionState | None = None
    after: int = 0
    limit: int = 100


class SubscriptionStore(Protocol):
    """Keeps subscriptions. Each operation is one transaction."""

    async def subscribe(self, wish: Wish, limits: Limits, now: datetime) -> Received:
        """Keep a wish. Asking twice is one subscription, also where both come at the same moment; a
        registered user who asks for what the same address asked for as a guest confirms it so."""
        ...

    async def confirm(self, token_hash: str, now: datetime) -> Subscription | None:
        """Let the subscription of a token wait for the product; as it is then. None where there is none."""
        ...

    async def unsubscribe(self, token_hash: str, now: datetime, *, everything: bool) -> int:
        """End the subscription of a token, or all open ones of its address in its channel; how many ended."""
        ...

    async def by_token(self, token_hash: str) -> Subscription | None:
        """The subscription of a token; none where there is none."""
        ...

    async def channels(self) -> Sequence[str]:
        """The channels in which somebody waits for a product."""
        ...

    async def wanted(
        self, channel: str, now: datetime, *, after: str = "", limit: int = 200
    ) -> Sequence[str]:
        """Products for which somebody waits whom a mail may be sent now, in order, behind ``after``."""
        ...

    async def waiting(self, channel: str, sku: str, now: datetime, *, limit: int = 100) -> Sequence[int]:
        """Who waits for a product and may be sent a mail now; who asked first comes first."""
        ...

    async def unfinished(self, now: datetime, *, after: int = 0, limit: int = 100) -> Sequence[int]:
        """Subscriptions whose mail is due whatever the stock says, behind ``after``: mails that ask to
        confirm, and notifications that may have been sent."""
        ...

    async def claim(
        self, key: int, *, message_id: str, token_hash: str, until: datetime, now: datetime
    ) -> Subscription | None:
        """Be the one who sends the mail that is due. From then on it counts as perhaps sent.

        Arguments:
            key: The subscription.
            message_id: The id of the mail, unless it has one already.
            token_hash: Of the token in the mail; tokens of earlier mails stay good.
            until: Nobody else can claim it before; afterwards anybody can.
            now: The time.

        Returns:
            It, with the id to use; none where no mail is due, or somebody else has it.
        """
        ...

    async def sent(self, claimed: Subscription, now: datetime) -> bool:
        """The mail was taken. False: meanwhile it is no longer the one that was claimed."""
        ...

    async def postponed(
        self, claimed: Subscription, until: datetime, now: datetime, *, unclear: bool
    ) -> bool:
        """The mail was not taken; try it again from then on.

        Arguments:
            claimed: What was claimed.
            until: When to try again.
            now: The time.
            unclear: Whether it may have been taken. Else, and where no earlier attempt was unclear, it waits
                for the product again.
        """
        ...

    async def refused(self, claimed: Subscription, now: datetime) -> bool:
        """The mail was refused for good: the subscription ends."""
        ...

    async def page(self, query: SubscriptionQuery) -> Sequence[Subscription]:
        """Subscriptions, by their key."""
        ...

    async def counts(self) -> Mapping[tuple[str, SubscriptionState], int]:
        """How many there are, by channel and state."""
        ...

    async def forget(self, *, unconfirmed: datetime, ended: datetime, clients: datetime) -> int:
        """Remove what was asked for before ``unconfirmed`` and never confirmed, and what ended before
        ``ended``; forget from where came what was asked for before ``clients``. How many were removed."""
        ...

    async def of_person(
        self, mailbox: Mailbox, *, channel: str | None = None, login: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """All that is stored of an address, and of a registered user if one is named; ready for JSON."""
        ...

    async def erase_person(
        self, mailbox: Mailbox, *, channel: str | None = None, login: str | None = None
    ) -> int:
        """Remove all that is stored of an address, and of a registered user; how many subscriptions."""
        ...

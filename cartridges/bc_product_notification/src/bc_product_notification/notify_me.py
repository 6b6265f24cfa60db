"""What shoppers do: ask to be told, confirm it, end it."""

from typing import Final

from bc_product_notification.subscriptions import (
    Limits,
    Received,
    Reception,
    Subscription,
    SubscriptionStore,
    Wish,
)
from bc_product_notification.token_hashes import hash_of
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.ports.clock import Clock
from iomconnector.ports.product_catalog import ProductCatalog

USUAL: Final = Limits()


class TooManyWishesError(ConnectorError):
    """A client asked for too many notifications within an hour."""

    code = "notification.too_many"


class NotifyMe:
    """Takes wishes. What it answers does not tell whether an address is known.

    Arguments:
        store: Where subscriptions are.
        catalog: Tells what the shop sells.
        clock: Tells the time.
        limits: How much one address and one client may ask for.
    """

    def __init__(
        self, store: SubscriptionStore, catalog: ProductCatalog, clock: Clock, limits: Limits = USUAL
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._limits = limits

    async def ask(self, wish: Wish) -> Received:
        """Keep a wish.

        Returns:
            What became of it; for the log and for sending the mail, not for the shopper.

        Raises:
            NotFoundError: The shop sells no such product.
            TooManyWishesError: The client asked for too many.
            StorageError: The database does not answer.
        """
        if wish.sku not in await self._catalog.products(wish.channel, [wish.sku]):
            raise NotFoundError("There is no such product.", channel=wish.channel)
        received = await self._store.subscribe(wish, self._limits, self._clock.now())
        if received.reception is Reception.CLIENT_FULL:
            raise TooManyWishesError(
                "Too many notifications were asked for from here.", hint="Try it again in an hour."
            )
        return received

    async def of_token(self, token: str) -> Subscription:
        """The subscription that a link in a mail is about.

        Raises:
            NotFoundError: There is none, or it was removed meanwhile.
        """
        return _there(await self._store.by_token(hash_of(token)))

    async def confirm(self, token: str) -> Subscription:
        """A guest means it; as it is then.

        Raises:
            NotFoundError: There is no such subscription, or it was removed meanwhile.
        """
        return _there(await self._store.confirm(hash_of(token), self._clock.now()))

    async def unsubscribe(self, token: str, *, everything: bool) -> None:
        """End the subscription, or all of its address in its channel. Nothing is wrong where nothing is left.

        Arguments:
            token: That of a mail.
            everything: Whether all of the address are meant.
        """
        await self._store.unsubscribe(hash_of(token), self._clock.now(), everything=everything)


def _there(found: Subscription | None) -> Subscription:
    if found is None:
        raise NotFoundError("There is no such subscription any more.")
    return found

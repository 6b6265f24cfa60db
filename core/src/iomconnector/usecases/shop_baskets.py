"""Filling baskets. What several windows do at the same time is kept, or refused with a reason."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from iomconnector.model.baskets import Basket, BasketRefusal, BasketRefusedError, BasketRules
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.money import Money
from iomconnector.ports.basket_repository import BasketRepository
from iomconnector.ports.clock import Clock
from iomconnector.ports.product_catalog import ProductCatalog

TRIES = 20
"""So often a change is tried again that others were quicker with."""


class ShopBaskets:
    """The baskets of the users who sign in at a channel.

    Arguments:
        repository: Keeps them.
        catalog: What is sold.
        clock: Tells the time.
        rules: How much one basket can have.
    """

    def __init__(
        self,
        repository: BasketRepository,
        catalog: ProductCatalog,
        clock: Clock,
        rules: BasketRules | None = None,
    ) -> None:
        self._repository = repository
        self._catalog = catalog
        self._clock = clock
        self.rules = rules or BasketRules()

    async def current(self, user: CustomerUser) -> Basket | None:
        """The basket of a user that is not ordered yet; none where there is none.

        Raises:
            StorageError: It cannot be read.
        """
        return await self._repository.current(user.channel, user.login)

    async def get(self, user: CustomerUser, basket_id: str) -> Basket | None:
        """A basket of a user, also one that was ordered; none where there is none, or it is somebody else's.

        Raises:
            StorageError: It cannot be read.
        """
        return await self._repository.get(user.channel, user.login, basket_id)

    async def add(self, user: CustomerUser, sku: str, quantity: int) -> Basket:
        """Put pieces of a product into the basket of a user, to those that are in it.

        Raises:
            BasketRefusedError: The channel does not sell it, it would be too much, or the basket is being
                ordered.
            StorageError: It cannot be written.
        """
        if quantity < 1:
            raise BasketRefusedError(BasketRefusal.NO_QUANTITY, product=sku)
        if quantity > self.rules.most_pieces:
            raise BasketRefusedError(BasketRefusal.TOO_MANY_PIECES, limit=self.rules.most_pieces, product=sku)
        price = await self._price(user, sku)
        return await self._change(user, lambda basket: basket.with_more(sku, quantity, price, self.rules))

    async def set_quantity(self, user: CustomerUser, sku: str, quantity: int, *, seen: int) -> Basket:
        """Have so many pieces of a product that is in the basket of a user.

        Arguments:
            user: Who buys.
            sku: The product.
            quantity: How many there are to be, at least 1.
            seen: How many there were when the user decided it.

        Raises:
            BasketRefusedError: As :meth:`add`, or it was changed since the user saw it.
            StorageError: It cannot be written.
        """
        price = await self._price(user, sku)
        return await self._change(
            user, lambda basket: basket.with_quantity(sku, quantity, price, self.rules, seen=seen)
        )

    async def remove(self, user: CustomerUser, sku: str, *, seen: int) -> Basket:
        """Take a product out of the basket of a user; the same where it has none.

        Raises:
            BasketRefusedError: It was changed since the user saw it, or is being ordered.
            StorageError: It cannot be written.
        """
        return await self._change(user, lambda basket: basket.without(sku, seen=seen))

    async def _price(self, user: CustomerUser, sku: str) -> Money:
        product = (await self._catalog.products(user.channel, [sku])).get(sku)
        if product is None:
            raise BasketRefusedError(BasketRefusal.NOT_SOLD, channel=user.channel, product=sku)
        return product.gross

    async def _change(self, user: CustomerUser, edit: Callable[[Basket], Basket]) -> Basket:
        for _ in range(TRIES):
            now = self._clock.now()
            basket = await self.current(user)
            if basket is None:
                new = Basket(uuid4().hex, user.channel, user.login, now)
                edit(new)
                basket = await self._repository.begin(new)
            wanted = edit(basket)
            if wanted.lines == basket.lines:
                return basket
            changed = await self._repository.change(replace(wanted, changed_at=now))
            if changed is not None:
                return changed
        raise BasketRefusedError(BasketRefusal.CHANGED_MEANWHILE, channel=user.channel, user=user.login)

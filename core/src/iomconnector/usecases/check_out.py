"""Buying what is in a basket: its pieces are held, and its order is placed exactly once.

The basket itself remembers how far it is. Before anything can be lost, the whole order is written into it;
whoever comes next, the same buyer or the sweep, places that order and no other.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog

from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.availability import AvailabilitySource, Quality
from iomconnector.model.baskets import Basket, BasketRefusal, BasketRefusedError, BasketState
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.unnumbered_orders import UnnumberedOrder
from iomconnector.ports.basket_repository import BasketRepository
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import ReservationRefusedError
from iomconnector.ports.product_catalog import ProductCatalog
from iomconnector.usecases.ask_for_holds import BeingReservedError
from iomconnector.usecases.availability import CheckAvailability
from iomconnector.usecases.basket_orders import CheckoutWish, order_of_basket
from iomconnector.usecases.place_orders import PlaceOrders
from iomconnector.usecases.price_baskets import price_basket
from iomconnector.usecases.reserve_stock import ReserveStock

log = structlog.get_logger(__name__)

CHECK: Final = "availability"
"""The group of custom attributes of an order whose pieces are not held."""
CHECKED_BY: Final = "checked_by"
TRIES: Final = 20
LEFT_AFTER: Final = timedelta(minutes=1)
"""Whoever orders and is not done after so long died over it."""
AT_ONCE: Final = 100
LOOKS: Final = 10
BETWEEN_LOOKS: Final = 0.3
"""Seconds: so often, and so far apart, somebody who presses the button twice looks what came of the first."""


class NotEnoughError(ConnectorError):
    """There is less of products than the basket has; nothing was ordered.

    Arguments:
        short: Product -> how many there are, for those of which there is not enough, as far as it is told.
    """

    code = "checkout.not_enough"

    def __init__(self, short: Mapping[str, int]) -> None:
        told = ", ".join(f"{pieces} of {sku}" for sku, pieces in short.items())
        super().__init__(f"There is not enough{f': only {told}' if told else ''}. Nothing was ordered.")
        self.short = dict(short)


class CheckoutNotPossibleError(ConnectorError):
    """Nobody can say at present whether the products are there; nothing was ordered. Try again later."""

    code = "checkout.not_possible"


@dataclass(frozen=True, slots=True)
class Checked:
    """That the pieces of a basket are there.

    Arguments:
        reservation: The id of the reservation that holds them; none where none was made.
        by: Who said so in place of a reservation; empty where there is one.
    """

    reservation: str | None
    by: str = ""


class CheckOut:
    """Orders baskets.

    Arguments:
        baskets: Keeps them.
        catalog: What is sold, and for how much.
        reservations: Holds pieces.
        availability: Tells whether pieces are there, where none can be held.
        place_orders: Places orders.
        clock: Tells the time.
    """

    def __init__(
        self,
        baskets: BasketRepository,
        catalog: ProductCatalog,
        reservations: ReserveStock,
        availability: CheckAvailability,
        place_orders: PlaceOrders,
        clock: Clock,
    ) -> None:
        self._baskets = baskets
        self._catalog = catalog
        self._reservations = reservations
        self._availability = availability
        self._place_orders = place_orders
        self._clock = clock

    async def order(self, user: CustomerUser, basket_id: str, wish: CheckoutWish, *, seen: str) -> Basket:
        """Order a basket. Ordering it again changes nothing, and gives the same order.

        Arguments:
            user: Who buys.
            basket_id: The basket.
            wish: What the buyer says.
            seen: The fingerprint of what the buyer saw (:attr:`PricedBasket.fingerprint`).

        Returns:
            The basket with the number of its order.

        Raises:
            NotFoundError: The user has no such basket.
            BasketRefusedError: It is empty, has what is not sold any more, or it or a price was changed since
                the buyer saw it. Nothing was ordered.
            NotEnoughError: There is not enough of a product. Nothing was ordered.
            CheckoutNotPossibleError: Nobody can say whether there is enough. Nothing was ordered.
            StorageError: It is not known whether the order was placed. Ordering again goes on.
        """
        basket = await self._baskets.get(user.channel, user.login, basket_id)
        if basket is None:
            raise NotFoundError("There is no such basket.", basket=basket_id)
        if basket.state is not BasketState.OPEN:
            return await self.finish(basket)
        priced = await price_basket(basket, self._catalog)
        if priced.gone or not priced.lines:
            raise BasketRefusedError(BasketRefusal.NOT_SOLD, basket=basket_id)
        if priced.fingerprint != seen:
            raise BasketRefusedError(BasketRefusal.CHANGED_MEANWHILE, basket=basket_id)
        checked = await self._checked(basket)
        if checked is None:
            return await self.finish(await self._again(basket))
        now = self._clock.now()
        draft = order_of_basket(
            basket,
            priced,
            user,
            wish,
            now=now,
            reservation=checked.reservation,
            attributes={CHECK: {CHECKED_BY: checked.by}} if checked.by else {},
        )
        frozen = await self._baskets.change(replace(basket.being_ordered(draft), changed_at=now))
        return await self.finish(frozen or await self._taken_by_another(basket, checked))

    async def finish(self, basket: Basket) -> Basket:
        """Place the order of a basket that is being ordered; one that was ordered stays as it is.

        Raises:
            BasketRefusedError: Nobody ordered it.
            StorageError: It is not known whether the order was placed. Finishing again goes on.
            ConnectorError: It cannot be placed at present, for example because no number can be had.
        """
        if basket.state is BasketState.ORDERED:
            return basket
        if basket.draft is None:
            raise BasketRefusedError(BasketRefusal.CHANGED_MEANWHILE, basket=basket.id)
        placed = await self._place_orders.one(UnnumberedOrder(basket.id, basket.draft))
        if CHECKED_BY in basket.draft.attributes.get(CHECK, {}):
            log.warning(
                "an order without reservation", order=placed.number, channel=basket.channel, basket=basket.id
            )
        for _ in range(TRIES):
            now = self._clock.now()
            done = await self._baskets.change(replace(basket.ordered(placed.number), changed_at=now))
            if done is not None:
                return done
            basket = await self._again(basket)
            if basket.state is BasketState.ORDERED:
                return basket
        raise StorageError("The basket is changed too often to be finished.", basket=basket.id)

    async def finish_those_left(self) -> int:
        """Place the orders of baskets whose process died over it. Gives how many there were.

        One that cannot be placed goes behind the others, so that it never keeps them from their turn.

        Raises:
            StorageError: They cannot be read, or one cannot be put back.
        """
        left = await self._baskets.unfinished(self._clock.now() - LEFT_AFTER, limit=AT_ONCE)
        for basket in left:
            try:
                await self.finish(basket)
            except ConnectorError as error:
                log.error(
                    "the order of a basket cannot be placed",
                    basket=basket.id,
                    channel=basket.channel,
                    reason=error.message,
                )
            except Exception:
                log.exception(
                    "the order of a basket cannot be placed", basket=basket.id, channel=basket.channel
                )
            else:
                continue
            await self._baskets.change(replace(basket, changed_at=self._clock.now()))
        return len(left)

    async def _checked(self, basket: Basket) -> Checked | None:
        """Have the pieces held, or learn from the shop's own stock that they are there; none where somebody
        else orders the basket meanwhile."""
        try:
            held = await self._reservations.hold(basket.channel, basket.pieces, basket=basket.id)
        except ReservationRefusedError as error:
            if not error.short:
                raise _not_possible(basket, error) from error
            raise NotEnoughError(error.short) from error
        except StorageError:
            raise
        except BeingReservedError as error:
            if await self._is_ordered_meanwhile(basket):
                return None
            return await self._checked_without(basket, error)
        except ConnectorError as error:
            return await self._checked_without(basket, error)
        if not held.reservation.complete:
            await self._reservations.release(basket.channel, basket.id)
            pieces = held.reservation.pieces
            raise NotEnoughError(
                {sku: pieces.get(sku, 0) for sku, many in basket.pieces.items() if pieces.get(sku, 0) < many}
            )
        return Checked(held.reservation.id)

    async def _checked_without(self, basket: Basket, error: ConnectorError) -> Checked:
        """Whether the shop's own stock answers in place of the service, as its configuration says.

        The service had its time: now it is waited for as long as a page does, and no longer.
        """
        pieces = basket.pieces
        told = await self._availability.of(basket.channel, list(pieces), quality=Quality.CART)
        local = all(each.source is AvailabilitySource.LOCAL_STOCK for each in told.values())
        short = {sku: told[sku].quantity or 0 for sku in pieces if told[sku].covers(pieces[sku]) is False}
        if local and short:
            raise NotEnoughError(short) from error
        if not local or not all(told[sku].covers(pieces[sku]) for sku in pieces):
            raise _not_possible(basket, error) from error
        log.warning("a basket is not reserved", basket=basket.id, channel=basket.channel, why=error.code)
        return Checked(None, AvailabilitySource.LOCAL_STOCK.value)

    async def _is_ordered_meanwhile(self, basket: Basket) -> bool:
        """Whether somebody else, who reserves its pieces at this moment, orders the basket."""
        for _ in range(LOOKS):
            if (await self._again(basket)).state is not BasketState.OPEN:
                return True
            await asyncio.sleep(BETWEEN_LOOKS)
        return False

    async def _taken_by_another(self, basket: Basket, checked: Checked) -> Basket:
        """The basket that somebody else ordered meanwhile; pieces that it does not need are freed."""
        present = await self._again(basket)
        if present.state is BasketState.OPEN:
            raise BasketRefusedError(BasketRefusal.CHANGED_MEANWHILE, basket=basket.id)
        if present.draft is None or present.draft.reservation_id != checked.reservation:
            await self._reservations.release(basket.channel, basket.id)
        return present

    async def _again(self, basket: Basket) -> Basket:
        present = await self._baskets.get(basket.channel, basket.login, basket.id)
        if present is None:
            raise NotFoundError("The basket is gone.", basket=basket.id)
        return present


def _not_possible(basket: Basket, error: ConnectorError) -> CheckoutNotPossibleError:
    return CheckoutNotPossibleError(
        "Nobody can say at present whether the products are there. Nothing was ordered.",
        hint="Try again in a few minutes.",
        basket=basket.id,
        reason=error.code,
    )

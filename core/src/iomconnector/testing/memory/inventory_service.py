"""An inventory in memory, and asking it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import NoReturn
from uuid import uuid4

from iomconnector.model.availability import (
    LocationStock,
    ProductStock,
    Reservation,
    ReservationType,
    ReservedItem,
)
from iomconnector.model.endpoints import Endpoint
from iomconnector.ports.inventory_service import (
    InventoryRules,
    InventoryUnavailableError,
    ReservationExpiredError,
    ReservationRefusedError,
    ReservationUnclearError,
    UnknownReservationError,
)
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.memory.moods import Mood, MoodyFarSide

WAREHOUSE = "Main Warehouse"


@dataclass(frozen=True, slots=True)
class _Held:
    reservation: Reservation
    key: str


class MemoryInventory(MoodyFarSide):
    """Implements :class:`~iomconnector.testing.contracts.RemoteInventoryFarSide`.

    ``asked`` has the products of each question that came in. While ``answering`` is not set, none is
    answered.

    Arguments:
        clock: Tells the time there.
    """

    def __init__(self, clock: ManualClock | None = None) -> None:
        super().__init__()
        self.clock = clock or ManualClock()
        self.stock: dict[str, int] = {}
        self.asked: list[tuple[str, ...]] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self._held: dict[str, _Held] = {}
        self._taken: dict[str, tuple[str, Mapping[str, int]]] = {}
        self._ids = count(1)

    async def put(self, sku: str, quantity: int) -> None:
        """Have so many pieces of a product."""
        self.stock[sku] = quantity

    async def pass_time(self, seconds: int) -> None:
        """Move the clock on."""
        self.clock.advance(timedelta(seconds=seconds))

    def now(self) -> datetime:
        """The time there."""
        return self.clock.now()

    def questions(self) -> int:
        """How many requests about what is available came in."""
        return len(self.asked)

    def available(self, sku: str, besides: str | None = None) -> int:
        """How many pieces can be bought, those of one reservation included."""
        held = sum(
            each.reservation.pieces.get(sku, 0) for each in self._valid() if each.reservation.id != besides
        )
        return max(0, self.stock[sku] - held)

    def make(
        self, items: Mapping[str, int], kind: ReservationType, lifetime: timedelta, key: str
    ) -> Reservation:
        """Hold pieces, whatever the mood.

        Raises:
            ReservationRefusedError: There is not enough, or the key is that of another reservation.
        """
        for each in self._valid():
            if each.key == key:
                return _the_same(each.reservation, items, key)
        there = {sku: self.available(sku) if sku in self.stock else 0 for sku in items}
        short = {sku: there[sku] for sku, wanted in items.items() if there[sku] < wanted}
        if short and (kind is ReservationType.COMPLETE or not any(there.values())):
            raise ReservationRefusedError("There is not enough.", short=short)
        reservation = Reservation(
            id=str(next(self._ids)),
            items=tuple(
                ReservedItem(sku=sku, wanted=wanted, reserved=min(wanted, there[sku]))
                for sku, wanted in items.items()
            ),
            valid_until=self.clock.now() + lifetime,
            type=kind,
        )
        self._held[reservation.id] = _Held(reservation, key)
        return reservation

    def get(self, reservation_id: str) -> Reservation:
        """A reservation that holds something.

        Raises:
            ReservationGoneError: There is none.
        """
        held = self._held.get(reservation_id)
        if held is None:
            raise UnknownReservationError(f"There is no reservation {reservation_id}.")
        if held.reservation.is_over(self.clock.now()):
            raise ReservationExpiredError(f"The time of reservation {reservation_id} is over.")
        return held.reservation

    def extend(self, reservation_id: str, lifetime: timedelta) -> Reservation:
        """Give a reservation another end. Raises as :meth:`get` does."""
        changed = self.get(reservation_id).model_copy(update={"valid_until": self.clock.now() + lifetime})
        self._held[reservation_id] = _Held(changed, self._held[reservation_id].key)
        return changed

    def free(self, reservation_id: str) -> None:
        """Hold nothing for a reservation any more."""
        self._held.pop(reservation_id, None)

    def take(self, reservation_id: str, order: str) -> None:
        """Take what a reservation holds off the stock, once.

        Raises:
            ReservationGoneError: It holds nothing.
        """
        taken = self._taken.get(reservation_id)
        if taken is not None and taken[0] == order:
            return
        pieces = self.get(reservation_id).pieces
        for sku, quantity in pieces.items():
            self.stock[sku] -= quantity
        self.free(reservation_id)
        self._taken[reservation_id] = order, pieces

    def put_back(self, reservation_id: str, order: str) -> None:
        """Put back what was taken for an order, once."""
        if self._taken.get(reservation_id, ("", {}))[0] == order:
            for sku, quantity in self._taken.pop(reservation_id)[1].items():
                self.stock[sku] += quantity

    def taken(self) -> Mapping[str, Sequence[Mapping[str, int]]]:
        """Order -> what was taken for it, each time."""
        found: dict[str, list[Mapping[str, int]]] = {}
        for order, pieces in self._taken.values():
            found.setdefault(order, []).append(pieces)
        return found

    def reservations(self) -> Sequence[Reservation]:
        """Those that hold something."""
        return [each.reservation for each in self._valid()]

    def _valid(self) -> list[_Held]:
        now = self.clock.now()
        return [each for each in self._held.values() if not each.reservation.is_over(now)]


class MemoryInventoryService:
    """Implements :class:`~iomconnector.ports.inventory_service.InventoryService`.

    Arguments:
        inventory: Where the stock is.
        rules: What the configuration says.
        endpoint: What the requests go to.
        recognizes_keys: Whether a key holds pieces once.
        consumed_by_order: Whether orders use reservations up, which nobody tells the inventory in memory.
    """

    def __init__(
        self,
        inventory: MemoryInventory,
        rules: InventoryRules | None = None,
        endpoint: Endpoint | None = None,
        *,
        recognizes_keys: bool = True,
        consumed_by_order: bool = False,
    ) -> None:
        self.recognizes_keys = recognizes_keys
        self.consumed_by_order = consumed_by_order
        self.inventory = inventory
        self.rules = rules or InventoryRules()
        self.endpoint = endpoint or Endpoint("memory")

    async def availability(
        self, skus: Sequence[str], reservation: str | None = None
    ) -> Mapping[str, ProductStock]:
        """What there is of products."""
        if not skus:
            return {}
        self.inventory.asked.append(tuple(skus))
        await self._heard()
        self._answer()
        found = {}
        for sku in skus:
            if sku in self.inventory.stock:
                pieces = self.inventory.available(sku, reservation)
                places = (LocationStock(location=WAREHOUSE, quantity=pieces),)
                found[sku] = ProductStock(sku=sku, available=pieces > 0, quantity=pieces, locations=places)
        return found

    async def reserve(
        self, items: Mapping[str, int], *, kind: ReservationType, lifetime: timedelta, key: str
    ) -> Reservation:
        """Have pieces held."""
        await self._heard()
        made = self.inventory.make(items, kind, lifetime, key if self.recognizes_keys else uuid4().hex)
        self._answer(changed=True)
        return made

    async def reservation(self, reservation_id: str) -> Reservation:
        """What a reservation holds now."""
        await self._heard()
        self._answer()
        return self.inventory.get(reservation_id)

    async def extend(self, reservation_id: str, lifetime: timedelta) -> Reservation:
        """Let a reservation last for so long from now."""
        await self._heard()
        extended = self.inventory.extend(reservation_id, lifetime)
        self._answer(changed=True)
        return extended

    async def release(self, reservation_id: str) -> None:
        """Free what a reservation holds."""
        await self._heard()
        self.inventory.free(reservation_id)
        self._answer(changed=True)

    async def fulfil(self, reservation_id: str, order: str) -> None:
        """The pieces are the order's."""
        if self.consumed_by_order:
            return
        await self._heard()
        self.inventory.take(reservation_id, order)
        self._answer(changed=True)

    async def restock(self, reservation_id: str, order: str) -> None:
        """The order was given up."""
        if self.consumed_by_order:
            return
        await self._heard()
        self.inventory.put_back(reservation_id, order)
        self._answer(changed=True)

    async def aclose(self) -> None:
        """There is nothing to give back."""

    async def _heard(self) -> None:
        """Come in; what is not handled is told here."""
        inventory = self.inventory
        await asyncio.sleep(0)
        await inventory.answering.wait()
        if inventory.mood is Mood.THROTTLING:
            self._unavailable(retry_after=inventory.throttled_for)
        if inventory.mood not in (Mood.ACCEPTING, Mood.LOSING_ANSWERS, Mood.GARBLING):
            self._unavailable()

    def _answer(self, *, changed: bool = False) -> None:
        if self.inventory.mood is not Mood.ACCEPTING:
            error = ReservationUnclearError if changed else InventoryUnavailableError
            raise error(f"The answer was lost: the inventory {self.inventory.mood}.")

    def _unavailable(self, retry_after: float | None = None) -> NoReturn:
        raise InventoryUnavailableError(
            f"The inventory does not answer: {self.inventory.mood}.", retry_after=retry_after
        )


def _the_same(reservation: Reservation, items: Mapping[str, int], key: str) -> Reservation:
    if {each.sku: each.wanted for each in reservation.items} != dict(items):
        raise ReservationRefusedError(f"Reservation {reservation.id} has the key {key} for other items.")
    return reservation

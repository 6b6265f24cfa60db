"""The reservations of the shop in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportRequest, ExportState, OrderCorrection
from iomconnector.model.order_documents import digest_of, dump_order
from iomconnector.model.orders import Order
from iomconnector.model.reservation_corrections import reservation_corrected
from iomconnector.model.stock_holds import (
    BoundOrder,
    HoldEnd,
    HoldState,
    OrderStage,
    StockHold,
    pieces_of,
)
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.order_rows import MemoryShop

_OF_BASKETS = (HoldState.ASKING, HoldState.HELD)
_MAY_HOLD = (HoldState.ASKING, HoldState.HELD, HoldState.RELEASING)
_MAY_CHANGE = (OrderStage.WAITING, OrderStage.LEAVING, OrderStage.STAYS)
_TELLABLE = (ExportState.WAITING_FOR_APPROVAL, ExportState.DUE, ExportState.PARKED)


class MemoryReservationLedger:
    """Implements :class:`~iomconnector.ports.reservation_ledger.ReservationLedger` for the orders of a shop.

    Arguments:
        shop: The shop.
        audit_trail: Where it is recorded what was done for orders.
    """

    def __init__(self, shop: MemoryShop, audit_trail: MemoryAuditTrail) -> None:
        self._shop = shop
        self._audit_trail = audit_trail
        self._not_before: dict[str, datetime] = {}

    async def begin(self, hold: StockHold) -> StockHold:
        """Remember that a reservation is going to be asked for."""
        present = await self.of_basket(hold.channel, hold.basket) if hold.basket is not None else None
        if present is not None:
            return present
        self._shop.holds[hold.key] = hold
        return hold

    async def change(
        self, before: StockHold, after: StockHold, *, entries: Sequence[AuditEntry] = ()
    ) -> StockHold | None:
        """Remember what became of a reservation."""
        stored = self._shop.holds.get(before.key)
        if stored is None or stored.version != before.version:
            return None
        ended = after.state is HoldState.ENDED
        self._shop.holds[before.key] = replace(
            after,
            key=stored.key,
            channel=stored.channel,
            service=stored.service,
            made_at=stored.made_at,
            order=stored.order,
            basket=None if ended else stored.basket,
            version=stored.version + 1,
        )
        self._not_before.pop(before.key, None)
        self._audit_trail.append(*entries)
        return await self.get(before.key)

    async def replace(self, before: StockHold, after: StockHold, successor: StockHold) -> bool:
        """Remember that another reservation takes the place of one."""
        if await self.change(before, after) is None:
            return False
        self._shop.holds[successor.key] = successor
        return True

    async def tell_order(self, hold: StockHold, *, by: str, at: datetime, reason: str) -> bool:
        """Let the order of a reservation have its id."""
        row = self._shop.get(hold.order.order_id) if hold.order is not None else None
        if row is None or row.erased_at is not None or row.request.unclear:
            return False
        if row.request.state not in _TELLABLE or await self.change(hold, replace(hold, told=True)) is None:
            return False
        request = row.request
        if row.order.reservation_id == hold.reservation:
            return True
        before = dump_order(row.order)
        row.corrections.append(
            OrderCorrection(request.order_id, request.revision + 1, by, at, reason, content_before=before)
        )
        self._audit_trail.append(reservation_corrected(request, by=by, at=at, reason=reason))
        row.digests_before.append(row.digest)
        row.order = row.order.model_copy(update={"reservation_id": hold.reservation})
        row.digest = digest_of(row.order)
        row.request = replace(request, revision=request.revision + 1, updated_at=at)
        return True

    async def take(self, *, now: datetime, until: datetime, limit: int) -> Sequence[StockHold]:
        """Take reservations at which somebody has to look now."""
        taken: list[StockHold] = []
        for hold in self._all():
            free = self._not_before.get(hold.key, now) <= now
            timely = hold.look_at is not None and hold.look_at <= now
            elsewhere = (
                hold.order is not None and hold.stage in _MAY_CHANGE and hold.stage is not hold.order.stage
            )
            if free and (timely or elsewhere) and len(taken) < limit:
                taken.append(replace(hold, version=hold.version + 1))
                self._shop.holds[hold.key] = taken[-1]
                self._not_before[hold.key] = until
        return taken

    async def get(self, key: str) -> StockHold | None:
        """The reservation of that key."""
        return next((hold for hold in self._all() if hold.key == key), None)

    async def of_basket(self, channel: str, basket: str) -> StockHold | None:
        """What a basket has."""
        found = (hold for hold in self._all() if (hold.channel, hold.basket) == (channel, basket))
        return next((hold for hold in found if hold.state in _OF_BASKETS), None)

    async def lost(self, channel: str, basket: str, *, now: datetime) -> int:
        """How many reservations there may be of which only the inventory service knows."""
        return sum(
            (hold.channel, hold.basket) == (channel, basket)
            and hold.state is HoldState.RELEASING
            and hold.reservation is None
            and hold.ends_at > now
            for hold in self._all()
        )

    async def of_order(self, channel: str, number: str) -> Sequence[StockHold]:
        """The reservations of an order."""
        found = [hold for hold in self._all() if hold.order is not None and hold.order.number == number]
        return [hold for hold in found if hold.channel == channel]

    async def page(
        self, *, channel: str | None = None, ended: bool = False, limit: int = 100
    ) -> Sequence[StockHold]:
        """Reservations, the latest first."""
        found = [hold for hold in self._all() if (hold.state in _MAY_HOLD) != ended]
        return [hold for hold in found if channel in (None, hold.channel)][:limit]

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Remove reservations of no order that ended before a moment."""
        old = [
            hold.key
            for hold in self._all()
            if hold.order is None and hold.ended_at is not None and hold.ended_at < before
        ]
        for key in old[:limit]:
            del self._shop.holds[key]
        return len(old[:limit])

    def _all(self) -> list[StockHold]:
        """The reservations with their orders as they are now, the latest first."""
        newest = sorted(
            self._shop.holds.values(), key=lambda hold: (hold.made_at, hold.version), reverse=True
        )
        return [replace(hold, order=self._order(hold.order)) for hold in newest]

    def _order(self, order: BoundOrder | None) -> BoundOrder | None:
        row = self._shop.get(order.order_id) if order is not None else None
        return replace(order, state=row.request.state) if order is not None and row is not None else order


def bind_reservation(shop: MemoryShop, request: ExportRequest, order: Order, now: datetime) -> None:
    """Bind a reservation of the shop to an order; where another order has it, remember that it is gone."""
    of_order = BoundOrder(request.order_id, request.number, request.state)
    mine = (request.channel, order.reservation_id)
    found = [hold for hold in shop.holds.values() if (hold.channel, hold.reservation) == mine]
    found.sort(key=lambda hold: (hold.ended_at is None, hold.made_at), reverse=True)
    for hold in found:
        if hold.order is None:
            bound = replace(hold, order=of_order, basket=None, look_at=now, version=hold.version + 1)
            shop.holds[hold.key] = bound
            return
    for hold in found[:1]:
        gone = replace(hold, state=HoldState.ENDED, end=HoldEnd.GONE, ended_at=now, reservation=None)
        gone = replace(gone, key=uuid4().hex, order=of_order, wanted=pieces_of(order), stage=None, pieces={})
        shop.holds[gone.key] = replace(gone, made_at=now, look_at=now, version=0)

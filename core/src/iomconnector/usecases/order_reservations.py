"""What is due for the reservations of orders."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from iomconnector.model.audit import AuditEntry
from iomconnector.model.availability import Reservation, ReservationType
from iomconnector.model.exports import ExportState
from iomconnector.model.stock_holds import HoldEnd, HoldState, OrderStage, StockHold
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationGoneError,
    ReservationRefusedError,
    ReservationUnclearError,
)
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.usecases.ask_reservations import AskReservations
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.reservation_steps import ended, left_alone

log = structlog.get_logger(__name__)

ORDER_LIFETIME = timedelta(days=1)
"""So long the reservation of an order is to last; it is extended when half of that is left."""

AGAIN = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
BY = "iomconnector"


class OrderReservations:
    """Keeps the pieces of orders that wait, takes those of orders that go, and gets pieces anew where a
    reservation is gone. An order never waits for it.

    Arguments:
        ledger: Remembers the reservations.
        ask: Asks the inventory services.
        clock: Tells the time.
        telemetry: Counts what happens.
    """

    def __init__(
        self, ledger: ReservationLedger, ask: AskReservations, clock: Clock, telemetry: Telemetry
    ) -> None:
        self._ledger = ledger
        self._ask = ask
        self._clock = clock
        self._telemetry = telemetry

    async def step(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        """Do one thing for an order that was neither rejected nor given up."""
        stage = hold.order.stage if hold.order is not None else None
        if hold.state is HoldState.FULFILLED:
            return await left_alone(self._ledger, hold, until=None)
        if stage is OrderStage.WAITING or (source.service.consumed_by_order and stage is OrderStage.LEAVING):
            return await self._keep(hold, source)
        if source.service.consumed_by_order:
            return await self._used(hold, source)
        return await self._take(hold, source)

    async def after_its_end(self, hold: StockHold) -> StockHold | None:
        """What is due for an order whose reservation holds nothing.

        An order that is being sent used it up perhaps, which is known in a minute, and cannot be told of
        another one.
        """
        order = hold.order
        if order is None or hold.stage is order.stage or order.stage is OrderStage.STAYS:
            return await left_alone(self._ledger, hold, until=None)
        source = await self._ask.source(hold.channel)
        if order.stage is OrderStage.LEFT and source.service.consumed_by_order:
            return await left_alone(self._ledger, hold, until=None)
        if order.state is ExportState.SENDING and source.service.consumed_by_order:
            await self._ledger.change(hold, replace(hold, look_at=self._clock.now() + AGAIN, stage=None))
            return None
        return await self._make_anew(hold, source)

    async def ask_again(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        """Ask for a reservation for an order; where it was made before, its key finds it."""
        lifetime = source.service.rules.lifetime
        try:
            async with self._ask.asking(source, hold.channel):
                made = await source.service.reserve(
                    hold.wanted, kind=hold.kind, lifetime=lifetime, key=hold.key
                )
        except ReservationRefusedError as refused:
            return await self._go_on_without(hold, refused)
        return await self._made(hold, made, self._clock.now() + lifetime)

    async def put_back(self, hold: StockHold) -> StockHold | None:
        """What was taken for an order that stays in the shop is going to be put back.

        It is said before it is done: where nobody learns whether it was done, and the order leaves after all,
        its pieces are taken again.
        """
        self._telemetry.reserved(hold.channel, "put back")
        entry = self._entry(hold, "order.stock_put_back", "the order stays in the shop")
        going = replace(hold, state=HoldState.RELEASING, look_at=self._clock.now(), stage=None)
        return await self._ledger.change(hold, going, entries=entry)

    async def keep_what_was_taken(self, hold: StockHold) -> StockHold | None:
        """The service that the pieces were taken from is not that of the channel any more."""
        if hold.order is not None and hold.order.stage is OrderStage.STAYS:
            log.error("pieces of an order that stays cannot be put back", **_ids(hold))
        return await left_alone(self._ledger, hold, until=None)

    async def _keep(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        now = self._clock.now()
        if hold.state is not HoldState.HELD or hold.ends_at - now <= ORDER_LIFETIME / 2:
            try:
                async with self._ask.asking(source, hold.channel):
                    longer = await source.service.extend(hold.reservation or "", ORDER_LIFETIME)
            except ReservationGoneError:
                return await self._ledger.change(hold, ended(hold, HoldEnd.GONE, now))
            self._telemetry.reserved(hold.channel, "extended")
            until = longer.valid_until or now + ORDER_LIFETIME
            hold = replace(hold, state=HoldState.HELD, ends_at=until, pieces=dict(longer.pieces))
        look_at = max(now + AGAIN, now + (hold.ends_at - now) / 2)
        if hold.told or not source.service.consumed_by_order:
            return await left_alone(self._ledger, hold, until=look_at)
        kept = await self._ledger.change(hold, replace(hold, look_at=now + AGAIN, stage=_stage(hold)))
        if kept is not None and await self._ledger.tell_order(
            replace(kept, look_at=look_at), by=BY, at=now, reason="its pieces were reserved anew"
        ):
            log.info("an order has the id of its new reservation", **_ids(hold))
        return None

    async def _take(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        number = hold.order.number if hold.order is not None else ""
        now = self._clock.now()
        try:
            async with self._ask.asking(source, hold.channel):
                await source.service.fulfil(hold.reservation or "", number)
        except ReservationGoneError:
            return await self._ledger.change(hold, ended(hold, HoldEnd.GONE, now))
        self._telemetry.reserved(hold.channel, "taken")
        taken = replace(hold, state=HoldState.FULFILLED, look_at=None, stage=_stage(hold))
        await self._ledger.change(
            hold, taken, entries=self._entry(hold, "order.stock_taken", _told(hold.pieces))
        )
        return None

    async def _used(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        """The order is there. It used up the reservation whose id it has."""
        if not hold.told and hold.reservation is not None:
            async with self._ask.asking(source, hold.channel):
                await source.service.release(hold.reservation)
        why = HoldEnd.USED if hold.told else HoldEnd.RELEASED
        self._telemetry.reserved(hold.channel, why.value)
        await self._ledger.change(hold, ended(hold, why, self._clock.now(), settled=True))
        return None

    async def _make_anew(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        """Ask for what an order needs: for what there still is of it."""
        rules, now = source.service.rules, self._clock.now()
        successor = StockHold(
            key=uuid4().hex,
            channel=hold.channel,
            service=source.endpoint.name,
            kind=ReservationType.PARTLY,
            wanted=hold.wanted,
            state=HoldState.ASKING,
            made_at=max(now, hold.made_at + TICK),
            ends_at=now + rules.lifetime + self._ask.patience,
            look_at=now + AGAIN,
            order=hold.order,
            told=not source.service.consumed_by_order,
        )
        begun = await self._begun_anew(hold, successor)
        if begun is None:
            return None
        successor = begun
        log.warning("the pieces of an order have to be reserved anew", **_ids(hold))
        try:
            return await self.ask_again(successor, source)
        except ReservationUnclearError:
            raise
        except InventoryUnavailableError:
            failed = replace(ended(successor, HoldEnd.REFUSED, now), look_at=now + AGAIN)
            await self._ledger.change(successor, failed)
            raise

    async def _begun_anew(self, hold: StockHold, successor: StockHold) -> StockHold | None:
        """Remember that pieces are going to be asked for; none where somebody else changed the reservation.

        One that was never made is asked for again, so that a long outage does not leave a row a minute.
        """
        if hold.end is HoldEnd.REFUSED and hold.service == successor.service:
            return await self._ledger.change(hold, replace(successor, key=hold.key))
        superseded = replace(hold, stage=None, look_at=None)
        return successor if await self._ledger.replace(hold, superseded, successor) else None

    async def _made(self, hold: StockHold, made: Reservation, until: datetime) -> StockHold | None:
        until = made.valid_until or until
        held = replace(
            hold,
            state=HoldState.HELD,
            reservation=made.id,
            pieces=dict(made.pieces),
            ends_at=until,
            look_at=self._clock.now() + AGAIN,
        )
        self._telemetry.reserved(hold.channel, "made anew")
        if held.short:
            self._tell_shortage(held)
        reason = f"short of {_told(held.short)}" if held.short else _told(held.pieces)
        return await self._ledger.change(
            hold, held, entries=self._entry(hold, "order.stock_reserved_anew", reason)
        )

    async def _go_on_without(self, hold: StockHold, refused: ReservationRefusedError) -> StockHold | None:
        self._tell_shortage(hold)
        entry = self._entry(hold, "order.stock_short", f"goes on without its pieces. {refused.message}")
        await self._ledger.change(
            hold, ended(hold, HoldEnd.SHORT, self._clock.now(), settled=True), entries=entry
        )
        return None

    def _tell_shortage(self, hold: StockHold) -> None:
        self._telemetry.reserved(hold.channel, "short")
        log.error("an order goes on without all of its pieces", short=dict(hold.short), **_ids(hold))

    def _entry(self, hold: StockHold, action: str, reason: str) -> Sequence[AuditEntry]:
        if hold.order is None:
            return []
        changes = {"reservation": (None, hold.reservation), "reason": (None, reason)}
        return [AuditEntry(self._clock.now(), BY, action, hold.order.number, hold.channel, changes)]


def _stage(hold: StockHold) -> OrderStage | None:
    return hold.order.stage if hold.order is not None else None


def _told(pieces: Mapping[str, int]) -> str:
    return ", ".join(f"{count} of {sku}" for sku, count in pieces.items())


def _ids(hold: StockHold) -> dict[str, object]:
    order = hold.order.number if hold.order is not None else None
    return {"order": order, "channel": hold.channel, "reservation": hold.reservation, "hold": hold.key}

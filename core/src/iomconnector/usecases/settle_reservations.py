"""Doing with reservations what is due: each looks at what is true now, so that it may be done at any time,
again and again, and by anybody."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from iomconnector.errors import ConnectorError
from iomconnector.model.stock_holds import HoldEnd, HoldState, OrderStage, StockHold
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import ReservationRefusedError
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.usecases.ask_reservations import AskReservations
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.order_reservations import OrderReservations
from iomconnector.usecases.reservation_steps import ended, left_alone, released_as

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=1)
"""Who took a reservation and could not do what is due leaves it to anybody after this time."""

ABANDONED = timedelta(days=1)
"""A reservation whose service cannot be asked for so long after its end is not looked at any more."""

AT_ONCE = 50
SIDE_BY_SIDE = 4
MOST_STEPS = 8
LINGER = 0.2
LONGEST_FAREWELL = 10.0


class SettleReservations:
    """Keeps, takes, frees and makes anew.

    Arguments:
        ledger: Remembers the reservations.
        ask: Asks the inventory services.
        of_orders: Does what is due for orders.
        clock: Tells the time.
        telemetry: Counts what happens.
    """

    def __init__(
        self,
        ledger: ReservationLedger,
        ask: AskReservations,
        of_orders: OrderReservations,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._ledger = ledger
        self._ask = ask
        self._of_orders = of_orders
        self._clock = clock
        self._telemetry = telemetry
        self._sweeping: asyncio.Task[None] | None = None
        self._woken = False

    def wake(self) -> None:
        """Something happened to orders: look soon, in the background."""
        self._woken = True
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.create_task(self._sweep_while_woken(), name="settle reservations")

    async def sweep(self) -> int:
        """Do everything that is due now; how many reservations were looked at.

        Raises:
            StorageError: The database cannot be written.
        """
        looked = 0
        while True:
            now = self._clock.now()
            taken = await self._ledger.take(now=now, until=now + LEASE, limit=AT_ONCE)
            await self._settle_all(taken)
            looked += len(taken)
            if len(taken) < AT_ONCE:
                return looked

    async def settle(self, hold: StockHold) -> None:
        """Do with a reservation what is due now.

        Raises:
            ConnectorError: It cannot be done now; it is done later.
        """
        for _ in range(MOST_STEPS):
            following = await self._step(hold)
            if following is None:
                return
            hold = following

    async def aclose(self) -> None:
        """Finish what is under way, for some seconds."""
        if self._sweeping is not None and not self._sweeping.done():
            await asyncio.wait({self._sweeping}, timeout=LONGEST_FAREWELL)
            self._sweeping.cancel()
            await asyncio.wait({self._sweeping})

    async def _sweep_while_woken(self) -> None:
        while self._woken:
            self._woken = False
            await asyncio.sleep(LINGER)
            try:
                await self.sweep()
            except ConnectorError as error:
                log.warning("reservations are looked at later", reason=error.message)

    async def _settle_all(self, holds: Sequence[StockHold]) -> None:
        turns = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(hold: StockHold) -> None:
            async with turns:
                await self._settle_quietly(hold)

        await asyncio.gather(*(one(hold) for hold in holds))

    async def _settle_quietly(self, hold: StockHold) -> None:
        ids = {"channel": hold.channel, "hold": hold.key, "reservation": hold.reservation}
        try:
            await self.settle(hold)
        except ConnectorError as error:
            self._telemetry.reserved(hold.channel, "postponed")
            log.warning("a reservation is settled later", reason=error.message, **ids)
        except Exception:
            log.exception("a reservation cannot be settled", **ids)

    async def _step(self, hold: StockHold) -> StockHold | None:
        """Do one thing. Gives the reservation as it is then; none where nothing more is due."""
        if hold.state is HoldState.ENDED:
            return await self._of_orders.after_its_end(hold)
        stays = hold.order is not None and hold.order.stage is OrderStage.STAYS
        if hold.state is HoldState.FULFILLED and not stays:
            return await left_alone(self._ledger, hold, until=None)
        try:
            source = await self._ask.source(hold.channel)
        except ConnectorError:
            over = hold.ends_at + ABANDONED <= self._clock.now()
            if not over or (hold.order is not None and hold.state not in (HoldState.HELD, HoldState.ASKING)):
                raise
            return await self._abandon(hold)
        if hold.service != source.endpoint.name:
            return await self._of_another_service(hold)
        if hold.state is HoldState.ASKING:
            return await self._find_out(hold, source)
        if hold.order is not None and hold.order.stage is not OrderStage.STAYS:
            return await self._of_orders.step(hold, source)
        if hold.state is HoldState.FULFILLED:
            return await self._of_orders.put_back(hold)
        return await self._free(hold, source)

    async def _free(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        now = self._clock.now()
        if hold.order is None and hold.state is HoldState.HELD and now < hold.ends_at:
            return await left_alone(self._ledger, hold, until=hold.ends_at)
        if hold.reservation is None:
            return await self._find_out(hold, source)
        if hold.state is HoldState.HELD:
            return await self._ledger.change(hold, replace(hold, state=HoldState.RELEASING, look_at=now))
        async with self._ask.asking(source, hold.channel):
            await source.service.release(hold.reservation)
        if hold.order is not None:
            async with self._ask.asking(source, hold.channel):
                await source.service.restock(hold.reservation, hold.order.number)
        why = released_as(hold, now)
        self._telemetry.reserved(hold.channel, why.value)
        freed = await self._ledger.change(hold, ended(hold, why, now))
        if freed is None:
            await self._doubt(hold)
        return freed if freed is not None and freed.order is not None else None

    async def _doubt(self, freed: StockHold) -> None:
        """Somebody needed a reservation after all while it was freed: it holds nothing perhaps."""
        now = await self._ledger.get(freed.key)
        if now is not None and now.state in (HoldState.HELD, HoldState.FULFILLED):
            again = replace(now, state=HoldState.RELEASING, look_at=self._clock.now(), stage=None)
            await self._ledger.change(now, again)

    async def _abandon(self, hold: StockHold) -> StockHold | None:
        """The channel has had no inventory service for a day since the reservation was over."""
        if hold.order is None:
            return await self._end(hold, HoldEnd.RAN_OUT)
        self._telemetry.reserved(hold.channel, HoldEnd.GONE.value)
        await self._ledger.change(hold, ended(hold, HoldEnd.GONE, self._clock.now(), settled=True))
        return None

    async def _find_out(self, hold: StockHold, source: InventorySource) -> StockHold | None:
        """Nobody knows what came of a reservation."""
        now = self._clock.now()
        if hold.state is HoldState.ASKING and hold.order is None:
            self._telemetry.reserved(hold.channel, "orphan")
            log.warning(
                "a reservation was asked for by somebody who is gone",
                channel=hold.channel,
                hold=hold.key,
                since=hold.made_at.isoformat(),
            )
        if not source.service.recognizes_keys:
            if hold.ends_at <= now:
                return await self._end(hold, HoldEnd.LOST)
            state = HoldState.RELEASING if hold.order is None else HoldState.ASKING
            return await left_alone(self._ledger, replace(hold, state=state), until=hold.ends_at)
        if hold.order is not None and hold.order.stage is not OrderStage.STAYS:
            return await self._of_orders.ask_again(hold, source)
        try:
            async with self._ask.asking(source, hold.channel):
                made = await source.service.reserve(
                    hold.wanted, kind=hold.kind, lifetime=source.service.rules.lifetime, key=hold.key
                )
        except ReservationRefusedError:
            return await self._end(hold, HoldEnd.REFUSED)
        return await self._ledger.change(
            hold,
            replace(hold, state=HoldState.RELEASING, reservation=made.id, pieces=dict(made.pieces)),
        )

    async def _of_another_service(self, hold: StockHold) -> StockHold | None:
        """The channel has another inventory service now: what the former one holds ends with its time."""
        if hold.state is HoldState.FULFILLED:
            return await self._of_orders.keep_what_was_taken(hold)
        if hold.order is not None and hold.order.stage in (OrderStage.WAITING, OrderStage.LEAVING):
            return await self._end(hold, HoldEnd.GONE)
        if hold.order is not None and hold.order.stage is OrderStage.LEFT:
            now = self._clock.now()
            await self._ledger.change(hold, ended(hold, HoldEnd.USED, now, settled=True))
            return None
        if hold.ends_at <= self._clock.now():
            return await self._end(hold, HoldEnd.RAN_OUT)
        return await left_alone(self._ledger, replace(hold, state=HoldState.RELEASING), until=hold.ends_at)

    async def _end(self, hold: StockHold, why: HoldEnd) -> StockHold | None:
        self._telemetry.reserved(hold.channel, why.value)
        stored = await self._ledger.change(hold, ended(hold, why, self._clock.now()))
        return stored if stored is not None and stored.order is not None else None

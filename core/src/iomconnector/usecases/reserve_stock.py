"""Holding pieces for somebody who buys, so that nothing of it is ever forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import structlog

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.availability import Reservation, ReservedItem
from iomconnector.model.stock_holds import HoldEnd, HoldState, StockHold
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationGoneError,
    ReservationRefusedError,
    ReservationUnclearError,
)
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.usecases.ask_for_holds import AskForHolds, BeingReservedError
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.ask_reservations import AskReservations
from iomconnector.usecases.availability import CHECKOUT_PATIENCE
from iomconnector.usecases.inventory_source import InventorySource, ResolveInventory
from iomconnector.usecases.order_reservations import OrderReservations
from iomconnector.usecases.reservation_steps import ended
from iomconnector.usecases.settle_reservations import SettleReservations

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=30)
"""Whoever asked for a reservation so long ago, and did not say what came of it, died of it."""

MOST_LOST = 2
"""So many reservations of one basket may be lost at a time, where the service recognizes no keys."""

TRIES = 3

KEPT = timedelta(days=30)
"""So long ended reservations of no order can be looked at."""


@dataclass(frozen=True, slots=True)
class HeldStock:
    """What a basket has.

    Arguments:
        reservation: The reservation; its id goes into the order.
        basket: The basket.
    """

    reservation: Reservation
    basket: str


class ReserveStock:
    """Holds pieces for baskets, one reservation a basket.

    A row is written before the inventory service is asked, so that whatever dies when, somebody finds it.

    Arguments:
        ledger: Remembers the reservations.
        ask: Asks for them.
        settling: Does with them what is due.
        clock: Tells the time.
        telemetry: Counts what happens.
    """

    def __init__(
        self,
        ledger: ReservationLedger,
        ask: AskReservations,
        settling: SettleReservations,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._ledger = ledger
        self._ask = ask
        self.settling = settling
        self._clock = clock
        self._wishes = AskForHolds(ledger, ask, clock, telemetry)

    async def hold(self, channel: str, items: Mapping[str, int], *, basket: str) -> HeldStock:
        """Hold the pieces of a basket, as the service's rules say; what it held before is replaced.

        The same items again are the same reservation, which lasts longer then. Where the service cannot be
        asked to let it last longer, it is given back as it is.

        Arguments:
            channel: Where it is bought.
            items: Product -> pieces, at least 1 each, at least one product.
            basket: The basket.

        Raises:
            ReservationRefusedError: There is not enough; ``short`` says of what. Nothing is held.
            ReservationUnclearError: Nobody knows whether it is held. Ask again with the same items.
            InventoryUnavailableError: The service could not answer.
            ServiceResolutionError: No service is operational in the channel.
            StorageError: The shop's database cannot be written; the service was not asked.
        """
        if not items:
            raise ReservationRefusedError("There is nothing to hold: the basket is empty.", basket=basket)
        source = await self._ask.source(channel)
        for _ in range(TRIES):
            present = await self._ledger.of_basket(channel, basket)
            if present is not None:
                kept = await self._kept(source, present, items)
                if kept is not None:
                    return HeldStock(kept, basket)
                continue
            await self._refuse_more_losses(source, channel, basket)
            wished = self._wish(source, channel, items, basket)
            begun = await self._ledger.begin(wished)
            if begun.key == wished.key:
                return HeldStock(await self._wishes.ask(source, begun, first=True), basket)
        raise BeingReservedError(channel, basket)

    async def held(self, channel: str, basket: str) -> HeldStock | None:
        """What a basket has now, as the service says; none where it has nothing.

        Raises:
            InventoryUnavailableError: The service could not answer.
            ServiceResolutionError: No service is operational in the channel.
            StorageError: The shop's database cannot be read.
        """
        present = await self._ledger.of_basket(channel, basket)
        if present is None or present.state is not HoldState.HELD or present.reservation is None:
            return None
        source = await self._ask.source(channel)
        if source.endpoint.name != present.service:
            return None
        try:
            async with self._ask.asking(source, channel):
                return HeldStock(await source.service.reservation(present.reservation), basket)
        except ReservationGoneError:
            await self._ledger.change(present, ended(present, HoldEnd.GONE, self._clock.now()))
            return None

    async def release(self, channel: str, basket: str) -> None:
        """Free what a basket has. Where the service is away, that is done later.

        Raises:
            StorageError: The shop's database cannot be written.
        """
        present = await self._ledger.of_basket(channel, basket)
        if present is not None:
            await self._let_go(present)

    async def forget_what_is_over(self) -> None:
        """Remove reservations of no order that ended long ago.

        Raises:
            StorageError: The database cannot be written.
        """
        while await self._ledger.forget(self._clock.now() - KEPT, limit=1000) == 1000:
            pass

    async def aclose(self) -> None:
        """End what is under way."""
        await self.settling.aclose()

    async def _kept(
        self, source: InventorySource, present: StockHold, items: Mapping[str, int]
    ) -> Reservation | None:
        """The reservation that a basket has, where it is what is wanted; else it is let go."""
        kind = source.service.rules.reservation_type
        same = dict(present.wanted) == dict(items) and (present.service, present.kind) == (
            source.endpoint.name,
            kind,
        )
        if present.state is HoldState.HELD and same:
            return await self._extended(source, present)
        if present.state is HoldState.ASKING:
            if same and source.service.recognizes_keys:
                return await self._wishes.ask(source, present, first=False)
            if not source.service.recognizes_keys and self._clock.now() < present.made_at + GRACE:
                raise BeingReservedError(present.channel, present.basket or "")
        await self._let_go(present)
        return None

    async def _extended(self, source: InventorySource, present: StockHold) -> Reservation | None:
        lifetime, now = source.service.rules.lifetime, self._clock.now()
        try:
            async with self._ask.asking(source, present.channel):
                made = await source.service.extend(present.reservation or "", lifetime)
        except ReservationGoneError:
            await self._ledger.change(present, ended(present, HoldEnd.GONE, now))
            return None
        except InventoryUnavailableError:
            if present.ends_at <= now + self._ask.patience:
                raise
            return _as_remembered(present)
        until = made.valid_until or now + lifetime
        longer = replace(present, ends_at=until, look_at=until, pieces=dict(made.pieces))
        return made if await self._ledger.change(present, longer) is not None else None

    async def _let_go(self, present: StockHold) -> None:
        now = self._clock.now()
        going = await self._ledger.change(present, replace(present, state=HoldState.RELEASING, look_at=now))
        if going is not None:
            try:
                await self.settling.settle(going)
            except StorageError:
                raise
            except ConnectorError as error:
                log.info("pieces are freed later", channel=present.channel, reason=error.message)

    async def _refuse_more_losses(self, source: InventorySource, channel: str, basket: str) -> None:
        if source.service.recognizes_keys:
            return
        lost = await self._ledger.lost(channel, basket, now=self._clock.now())
        if lost >= MOST_LOST:
            raise ReservationUnclearError(
                f"The answers to {lost} reservations of basket {basket} were lost.",
                hint="What they may hold is free when their lifetime is over; try again then.",
                channel=channel,
                basket=basket,
            )

    def _wish(
        self, source: InventorySource, channel: str, items: Mapping[str, int], basket: str
    ) -> StockHold:
        rules, now = source.service.rules, self._clock.now()
        return StockHold(
            key=uuid4().hex,
            channel=channel,
            service=source.endpoint.name,
            kind=rules.reservation_type,
            wanted=dict(items),
            state=HoldState.ASKING,
            made_at=now,
            ends_at=now + rules.lifetime + self._ask.patience,
            look_at=now + GRACE,
            basket=basket,
        )


def reserve_stock(
    ledger: ReservationLedger,
    ask: AskInventory,
    resolve: ResolveInventory,
    clock: Clock,
    telemetry: Telemetry,
    *,
    patience: timedelta = CHECKOUT_PATIENCE,
) -> ReserveStock:
    """The use case, made of its parts.

    Arguments:
        ledger: Remembers the reservations.
        ask: Asks inventory services through their circuits.
        resolve: Gives the source of a channel.
        clock: Tells the time.
        telemetry: Counts what happens.
        patience: So long an inventory service is waited for.
    """
    asking = AskReservations(ask, resolve, patience=patience)
    of_orders = OrderReservations(ledger, asking, clock, telemetry)
    settling = SettleReservations(ledger, asking, of_orders, clock, telemetry)
    return ReserveStock(ledger, asking, settling, clock, telemetry)


def _as_remembered(hold: StockHold) -> Reservation:
    items = tuple(
        ReservedItem(sku=sku, wanted=wanted, reserved=min(wanted, hold.pieces.get(sku, 0)))
        for sku, wanted in hold.wanted.items()
    )
    return Reservation(id=hold.reservation or "", items=items, valid_until=hold.ends_at, type=hold.kind)

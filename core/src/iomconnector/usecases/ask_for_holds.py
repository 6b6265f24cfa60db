"""Asking for a reservation that is written down, and writing down what came of it."""

from contextlib import suppress
from dataclasses import replace

import structlog

from iomconnector.model.availability import Reservation
from iomconnector.model.stock_holds import HoldEnd, HoldState, StockHold
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationRefusedError,
    ReservationUnclearError,
)
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.usecases.ask_reservations import AskReservations
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.reservation_steps import ended

log = structlog.get_logger(__name__)


class AskForHolds:
    """Asks for the reservations of baskets.

    Arguments:
        ledger: Remembers them.
        ask: Asks for them.
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

    async def ask(self, source: InventorySource, hold: StockHold, *, first: bool) -> Reservation:
        """Ask for a reservation that is written down.

        Arguments:
            source: Who is asked.
            hold: The reservation.
            first: Whether nobody asked for it before.

        Raises:
            ReservationRefusedError: There is not enough.
            ReservationUnclearError: Nobody knows whether it is held.
            InventoryUnavailableError: The service could not answer.
        """
        service = source.service
        lifetime = service.rules.lifetime
        try:
            async with self._ask.asking(source, hold.channel):
                made = await service.reserve(hold.wanted, kind=hold.kind, lifetime=lifetime, key=hold.key)
        except ReservationRefusedError:
            await self._ledger.change(hold, ended(hold, HoldEnd.REFUSED, self._clock.now()))
            self._telemetry.reserved(hold.channel, "refused")
            raise
        except ReservationUnclearError:
            await self._unclear(source, hold)
            raise
        except InventoryUnavailableError:
            if first:
                await self._ledger.change(hold, ended(hold, HoldEnd.REFUSED, self._clock.now()))
            self._telemetry.reserved(hold.channel, "unavailable")
            raise
        until = made.valid_until or self._clock.now() + lifetime
        stored = await self._ledger.change(
            hold,
            replace(
                hold,
                state=HoldState.HELD,
                reservation=made.id,
                pieces=dict(made.pieces),
                ends_at=until,
                look_at=until,
            ),
        )
        if stored is None:
            await self._require_still_mine(source, hold, made)
        self._telemetry.reserved(hold.channel, "held")
        return made

    async def _unclear(self, source: InventorySource, hold: StockHold) -> None:
        self._telemetry.reserved(hold.channel, "unclear")
        log.warning("it is not known whether pieces are held", channel=hold.channel, hold=hold.key)
        if not source.service.recognizes_keys:
            lost = replace(hold, state=HoldState.RELEASING, look_at=hold.ends_at)
            await self._ledger.change(hold, lost)

    async def _require_still_mine(self, source: InventorySource, hold: StockHold, made: Reservation) -> None:
        """Somebody else changed the row meanwhile: what was made belongs to it still, or is given back."""
        now = await self._ledger.get(hold.key)
        if now is not None and (now.state, now.reservation) == (HoldState.HELD, made.id):
            return
        with suppress(InventoryUnavailableError):
            async with self._ask.asking(source, hold.channel):
                await source.service.release(made.id)
        raise BeingReservedError(hold.channel, hold.basket or "")


class BeingReservedError(ReservationUnclearError):
    """Somebody else has pieces reserved for the same basket at this moment.

    Arguments:
        channel: The channel.
        basket: The basket.
    """

    code = "inventory.being_reserved"

    def __init__(self, channel: str, basket: str) -> None:
        super().__init__(
            f"Pieces are being reserved for basket {basket} at this moment.",
            hint="Try again in a few seconds.",
            channel=channel,
            basket=basket,
        )

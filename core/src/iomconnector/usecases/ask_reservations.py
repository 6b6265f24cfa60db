"""Asking an inventory service to hold pieces: through its circuit, and not longer than a shopper waits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from iomconnector.ports.inventory_service import InventoryUnavailableError, ReservationUnclearError
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.availability import CHECKOUT_PATIENCE
from iomconnector.usecases.gate_closed import GateClosedError
from iomconnector.usecases.inventory_source import InventorySource, ResolveInventory
from iomconnector.usecases.time_limit import within


class AskReservations:
    """The way to the reservations of inventory services.

    Arguments:
        ask: Asks through the circuit.
        resolve: Gives the source of a channel.
        patience: A question that has no answer by then has an unclear outcome.
    """

    def __init__(
        self, ask: AskInventory, resolve: ResolveInventory, *, patience: timedelta = CHECKOUT_PATIENCE
    ) -> None:
        self._ask = ask
        self._resolve = resolve
        self.patience = patience

    async def source(self, channel: str) -> InventorySource:
        """Who is asked in a channel.

        Raises:
            ServiceResolutionError: No service is operational, or several are.
        """
        return await self._resolve(channel)

    @asynccontextmanager
    async def asking(self, source: InventorySource, channel: str) -> AsyncIterator[None]:
        """Ask one thing inside the block.

        Raises:
            ReservationUnclearError: There was no answer in time.
            InventoryUnavailableError: The circuit is open; nothing was asked.
        """
        try:
            async with (
                self._ask.watched(source, channel),
                within(self.patience, source.service.endpoint.name, ReservationUnclearError),
            ):
                yield
        except GateClosedError as closed:
            raise InventoryUnavailableError(
                f"{source.service.endpoint.name} is not asked at present.", hint=closed.hint, channel=channel
            ) from closed

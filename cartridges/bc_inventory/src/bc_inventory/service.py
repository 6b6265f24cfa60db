"""The SimpleInventoryService: sells what the shop's own tables say. [KB B29919, the name of ICM's]"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from bc_inventory.configuration import SimpleInventorySettings
from bc_inventory.reservations import StockReservations
from bc_inventory.stock_levels import StockLevels
from iomconnector.errors import ConfigurationError, StorageError
from iomconnector.model.availability import ProductStock, Reservation, ReservationType
from iomconnector.model.endpoints import Endpoint
from iomconnector.ports.inventory_service import (
    InventoryRules,
    InventoryUnavailableError,
    ReservationUnclearError,
)
from iomconnector.services.definition import AdapterContext
from iomconnector.storage.database import OutcomeUnknownError


class SimpleInventoryService:
    """Sells the stock of one channel; implements the port ``InventoryService``.

    Arguments:
        settings: How long answers are kept, and how reservations are made.
        context: What the framework gives to an adapter, the database included.

    Raises:
        ConfigurationError: There is no database.
    """

    recognizes_keys = True
    consumed_by_order = False

    def __init__(self, settings: SimpleInventorySettings, context: AdapterContext) -> None:
        if context.database is None:
            raise ConfigurationError(
                f"{context.service} sells from the shop's database, and there is none.",
                hint="Run it in a system with a database.",
                service=context.service,
            )
        self._settings = settings
        self._channel = context.channel
        self._levels = StockLevels(context.database, context.clock)
        self._reservations = StockReservations(context.database, context.clock)
        self.endpoint = Endpoint("the shop's own stock")

    @property
    def rules(self) -> InventoryRules:
        """What the configuration says."""
        settings = self._settings
        return InventoryRules(
            keep=timedelta(seconds=settings.availability_cache),
            budget=timedelta(seconds=settings.page_budget),
            lifetime=timedelta(seconds=settings.reservation_lifetime),
            reservation_type=settings.reservation_type,
        )

    async def availability(
        self, skus: Sequence[str], reservation: str | None = None
    ) -> Mapping[str, ProductStock]:
        """What there is of products. See ``InventoryService.availability``."""
        async with _reading():
            return await self._levels.stock(self._channel, skus, besides=reservation)

    async def reserve(
        self, items: Mapping[str, int], *, kind: ReservationType, lifetime: timedelta, key: str
    ) -> Reservation:
        """Hold pieces. See ``InventoryService.reserve``."""
        async with _writing():
            return await self._reservations.reserve(
                self._channel, items, kind=kind, lifetime=lifetime, key=key
            )

    async def reservation(self, reservation_id: str) -> Reservation:
        """What a reservation holds now. See ``InventoryService.reservation``."""
        async with _reading():
            return await self._reservations.get(self._channel, reservation_id)

    async def extend(self, reservation_id: str, lifetime: timedelta) -> Reservation:
        """Let a reservation last for so long from now. See ``InventoryService.extend``."""
        async with _writing():
            return await self._reservations.extend(self._channel, reservation_id, lifetime)

    async def release(self, reservation_id: str) -> None:
        """Free what a reservation holds. See ``InventoryService.release``."""
        async with _writing():
            await self._reservations.release(self._channel, reservation_id)

    async def fulfil(self, reservation_id: str, order: str) -> None:
        """Take the pieces off the shelf. See ``InventoryService.fulfil``."""
        async with _writing():
            await self._reservations.fulfil(self._channel, reservation_id, order)

    async def restock(self, reservation_id: str, order: str) -> None:
        """Put them back. See ``InventoryService.restock``."""
        async with _writing():
            await self._reservations.restock(self._channel, reservation_id, order)

    async def check(self) -> str:
        """The connection test: read from the tables.

        Raises:
            InventoryUnavailableError: They cannot be read.
        """
        async with _reading():
            found = await self._levels.page(self._channel, limit=1)
        known = "has products" if found else "has no products yet: `iomconnector stock import` brings them"
        return f"The stock of {self._channel} can be read; it {known}."

    async def aclose(self) -> None:
        """There is nothing to give back: the database is the system's."""


@asynccontextmanager
async def _reading() -> AsyncIterator[None]:
    try:
        yield
    except StorageError as error:
        raise InventoryUnavailableError(error.message, hint=error.hint) from error


@asynccontextmanager
async def _writing() -> AsyncIterator[None]:
    try:
        yield
    except OutcomeUnknownError as error:
        raise ReservationUnclearError(error.message, hint=error.hint) from error
    except StorageError as error:
        raise InventoryUnavailableError(error.message, hint=error.hint) from error

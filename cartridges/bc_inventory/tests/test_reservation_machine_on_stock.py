"""Reservations of baskets and orders on the shop's own stock, in processes that die at any time."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import select

from bc_inventory.configuration import SimpleInventorySettings
from bc_inventory.stock_changes import StockChange, StockChanges
from bc_inventory.stock_levels import StockLevels
from bc_inventory.tables import FULFILLED, HELD, stock_reservation_items, stock_reservations
from bc_inventory.testing import simple_inventory, stock_database
from iomconnector.model.availability import ReservationType
from iomconnector.storage.database import Database
from iomconnector.storage.export_desk import SqlExportDesk
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.reservation_ledger import SqlReservationLedger
from iomconnector.testing.databases import prepare_database_file
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservation_machine import Reservations, as_test
from iomconnector.testing.reservation_stage import ReservationParts
from iomconnector.testing.samples import CHANNEL


class StockInTables:
    """Implements :class:`~iomconnector.testing.reservation_stage.StockSeen` on the tables."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self._database = database
        self._clock = clock

    async def on_hand(self) -> Mapping[str, int]:
        levels = await StockLevels(self._database, self._clock).page(CHANNEL)
        return {level.sku: level.on_hand for level in levels}

    async def held(self) -> Mapping[str, Mapping[str, int]]:
        return {reservation: pieces for (reservation, _), pieces in (await self._pieces(HELD)).items()}

    async def taken(self) -> Mapping[str, Sequence[Mapping[str, int]]]:
        found: dict[str, list[Mapping[str, int]]] = {}
        for (_, order), pieces in (await self._pieces(FULFILLED)).items():
            found.setdefault(order, []).append(pieces)
        return found

    async def arrive(self, order: str, reservation: str | None) -> None:
        """What arrives in the order management system changes nothing here."""

    async def _pieces(self, state: str) -> Mapping[tuple[str, str], dict[str, int]]:
        row, item = stock_reservations.c, stock_reservation_items.c
        query = (
            select(
                row.id, row.order_number, stock_reservation_items.c.sku, stock_reservation_items.c.reserved
            )
            .join(stock_reservation_items, item.reservation == row.id)
            .where(row.state == state)
        )
        if state == HELD:
            query = query.where(row.valid_until > self._clock.now())
        found: dict[tuple[str, str], dict[str, int]] = {}
        async with self._database.reading() as connection:
            for each in await connection.execute(query):
                if each.reserved:
                    found.setdefault((each.id, each.order_number), {})[each.sku] = each.reserved
        return found


class _OnStock(Reservations):
    kind = ReservationType.COMPLETE

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(_prepared(), self.folder / "shop.sqlite")

    async def parts(self, clock: ManualClock, pieces: dict[str, int]) -> ReservationParts:
        url = f"sqlite:///{self.folder / 'shop.sqlite'}"
        database = await self.stack.enter_async_context(stock_database(url))
        changes = [StockChange(sku=sku, on_hand=quantity) for sku, quantity in pieces.items()]
        await StockChanges(database, clock).apply(
            CHANNEL, changes, action="stock.adjusted", by="test", reason="test"
        )
        settings = SimpleInventorySettings(reservation_type=self.kind)
        return ReservationParts(
            SqlReservationLedger(database),
            SqlOrderRepository(database, clock),
            SqlExportLedger(database),
            SqlExportDesk(database),
            simple_inventory(database, clock, settings=settings),
            StockInTables(database, clock),
        )

    async def ended(self) -> None:
        await self.stack.aclose()
        shutil.rmtree(self.folder)


class _PartlyOnStock(_OnStock):
    kind = ReservationType.PARTLY


_PREPARED: list[Path] = []


def _prepared() -> Path:
    if not _PREPARED:
        _PREPARED.append(prepare_database_file(Path(tempfile.mkdtemp()) / "prepared.sqlite"))
    return _PREPARED[0]


TestOnStock = as_test(_OnStock, count=15, steps=30)
TestPartlyOnStock = as_test(_PartlyOnStock, count=10, steps=30)

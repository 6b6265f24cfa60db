"""A shop that holds pieces of its own stock, for tests."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bc_inventory.configuration import SimpleInventorySettings
from bc_inventory.stock_changes import StockChange, StockChanges
from bc_inventory.stock_levels import StockLevels
from bc_inventory.tables import FULFILLED, HELD, stock_reservation_items, stock_reservations
from bc_inventory.testing import simple_inventory
from iomconnector.ports.clock import Clock
from iomconnector.storage.database import Database
from iomconnector.storage.export_desk import SqlExportDesk
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.reservation_ledger import SqlReservationLedger
from iomconnector.testing.reservation_stage import ReservationParts
from iomconnector.testing.samples import CHANNEL


class StockInTables:
    """Implements :class:`~iomconnector.testing.reservation_stage.StockSeen` on the tables.

    Arguments:
        database: The shop's database.
        clock: Tells the time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def on_hand(self) -> Mapping[str, int]:
        """Product -> pieces."""
        levels = await StockLevels(self._database, self._clock).page(CHANNEL)
        return {level.sku: level.on_hand for level in levels}

    async def held(self) -> Mapping[str, Mapping[str, int]]:
        """Reservation -> pieces."""
        return {reservation: pieces for (reservation, _), pieces in (await self._pieces(HELD)).items()}

    async def taken(self) -> Mapping[str, Sequence[Mapping[str, int]]]:
        """Order -> what was taken."""
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


async def shop_with_stock(
    database: Database,
    clock: Clock,
    pieces: Mapping[str, int],
    *,
    settings: SimpleInventorySettings | None = None,
) -> ReservationParts:
    """The parts of a shop that sells from its own stock.

    Arguments:
        database: The shop's database.
        clock: Tells the time.
        pieces: Product -> pieces that there are from now on; the others stay as they are.
        settings: Those of the service.
    """
    changes = [StockChange(sku=sku, on_hand=quantity) for sku, quantity in pieces.items()]
    await StockChanges(database, clock).apply(
        CHANNEL, changes, action="stock.adjusted", by="test", reason="test"
    )
    return ReservationParts(
        SqlReservationLedger(database),
        SqlOrderRepository(database, clock),
        SqlExportLedger(database),
        SqlExportDesk(database),
        simple_inventory(database, clock, settings=settings),
        StockInTables(database, clock),
    )

"""The shop's own stock for tests."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta

from bc_inventory.configuration import SimpleInventorySettings
from bc_inventory.service import SimpleInventoryService
from bc_inventory.stock_changes import Effect, StockChange, StockChanges
from iomconnector.cartridges.extensions import Extensions
from iomconnector.ports.clock import Clock
from iomconnector.services.definition import AdapterContext
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import SchemaPreparer
from iomconnector.testing.memory import ManualClock, MemoryMessageLog
from iomconnector.testing.samples import CHANNEL, CONTEXTS


@asynccontextmanager
async def stock_database(url: str) -> AsyncIterator[Database]:
    """A database with the core's tables, given those of the stock and the sample contexts as well.

    Arguments:
        url: Where it is; its core tables are there already.
    """
    async with aclosing(Database(url)) as database:
        await SchemaPreparer("bc_inventory:revisions").schema.upgrade(database)
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        yield database


def simple_inventory(
    database: Database,
    clock: Clock,
    *,
    channel: str = CHANNEL,
    settings: SimpleInventorySettings | None = None,
) -> SimpleInventoryService:
    """A SimpleInventoryService of a channel."""
    context = AdapterContext(
        service="simple-inventory",
        channel=channel,
        clock=clock,
        message_log=MemoryMessageLog(),
        extensions=Extensions([], []),
        database=database,
    )
    return SimpleInventoryService(settings or SimpleInventorySettings(), context)


class StockOnShelves:
    """Implements :class:`~iomconnector.testing.contracts.InventoryFarSide` on the tables.

    Arguments:
        database: The database.
        clock: The clock of the service.
    """

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self._changes = StockChanges(database, clock)
        self._clock = clock
        self._questions = 0

    async def put(self, sku: str, quantity: int) -> None:
        """Have so many pieces of a product."""
        [effect] = await self._changes.apply(
            CHANNEL,
            [StockChange(sku=sku, on_hand=quantity)],
            action="stock.adjusted",
            by="test",
            reason="a test needs it",
        )
        assert effect.effect is not Effect.REFUSED, effect.reason

    async def pass_time(self, seconds: int) -> None:
        """Move the clock on."""
        self._clock.advance(timedelta(seconds=seconds))

    def now(self) -> datetime:
        """The time of the clock."""
        return self._clock.now()

    def questions(self) -> int:
        """How many times the stock was read."""
        return self._questions

    def count_a_question(self) -> None:
        """The stock was read."""
        self._questions += 1

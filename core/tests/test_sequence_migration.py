"""Orders of databases from before there were sequences hold their numbers too."""

from contextlib import aclosing

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.preparation import prepare_schema
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL, sample_order

PLACED, _, _, TAKEN_ELSEWHERE = PlacementOutcome
OLD_ORDERS = text(
    "INSERT INTO orders (channel, number, digest, content, placed_at) VALUES "
    f"('{CHANNEL}', '1', 'd', '', '2026-11-02 12:00:00'), "
    f"('{OTHER_CHANNEL}', '1', 'd', '', '2026-11-02 12:00:00'), "
    f"('{OTHER_CHANNEL}', '2', 'd', '', '2026-11-02 12:00:00')"
)


def _back(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "iomconnector.storage:migrations")
    config.attributes["connection"] = connection
    command.downgrade(config, "0003")


async def _back_with_old_orders(connection: AsyncConnection) -> None:
    await connection.run_sync(_back)
    await connection.execute(OLD_ORDERS)


@in_event_loop
async def test_a_number_of_an_older_order_is_not_given_in_another_channel(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        await database.write(_back_with_old_orders)
        await prepare_schema(database)
        orders = SqlOrderRepository(database, ManualClock())
        own = (sample_order("2"), ExportState.DUE)
        assert list(await orders.place([own], from_sequence={(CHANNEL, "2")})) == [TAKEN_ELSEWHERE]
        assert list(await orders.place([own])) == [PLACED]
        async with database.reading() as connection:
            query = text("SELECT channel, number FROM orders WHERE organization IS NOT NULL ORDER BY id")
            holders = [tuple(row) for row in await connection.execute(query)]
    assert holders == [(CHANNEL, "1"), (OTHER_CHANNEL, "2")], "the first of each number"

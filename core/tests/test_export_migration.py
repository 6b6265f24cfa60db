"""Exports of databases from before they were kept by channel are found and sent like any other."""

from contextlib import aclosing
from datetime import timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.preparation import prepare_schema
from iomconnector.storage.tables import orders
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL, sample_order


def _back(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "iomconnector.storage:migrations")
    config.attributes["connection"] = connection
    command.downgrade(config, "0005")


async def _damage_and_go_back(connection: AsyncConnection) -> None:
    await connection.execute(update(orders).where(orders.c.number == "2").values(content="no order at all"))
    await connection.run_sync(_back)


@in_event_loop
async def test_older_exports_and_customers_are_known_afterwards(each_database: Database) -> None:
    clock = ManualClock()
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        repository = SqlOrderRepository(database, clock)
        placed = [sample_order("1"), sample_order("2"), sample_order("3", channel=OTHER_CHANNEL)]
        await repository.place([(order, ExportState.DUE) for order in placed])
        await database.write(_damage_and_go_back)
        await prepare_schema(database)
        async with database.reading() as connection:
            query = text("SELECT number, customer FROM orders ORDER BY id")
            customers = [tuple(row) for row in await connection.execute(query)]
        ledger, lease = SqlExportLedger(database), timedelta(minutes=1)
        claims = [
            claim
            for channel in (CHANNEL, OTHER_CHANNEL)
            for claim in await ledger.claim(channel, worker="w", now=clock.now(), lease=lease, limit=5)
        ]
    known = placed[0].customer.number
    assert known
    assert customers == [("1", known), ("2", None), ("3", known)], "damaged content stops no migration"
    assert [(claim.request.channel, claim.request.number) for claim in claims] == [
        (CHANNEL, "1"),
        (OTHER_CHANNEL, "3"),
    ]

"""What customers look for is written beside older orders, whatever others wrote into them."""

import json
from contextlib import aclosing
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.preparation import prepare_schema
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CONTEXTS, sample_order

ODD: tuple[Any, ...] = (
    {"invoice_address": {"contact": {"email": "A\0b\ud800@example.com"}}},
    {"shipping_buckets": [{"line_items": [{"product": {"sku": "a\0"}}, {"product": {"sku": "a\u2400"}}]}]},
    {"customer_order_number": "\udfff\0", "created_at": "0001-01-01T00:00:00+14:00"},
    {"created_at": "9999-12-31T23:59:59-14:00"},
    [],
)


def _back(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "iomconnector.storage:migrations")
    config.attributes["connection"] = connection
    command.downgrade(config, "0007")


async def _damage_and_go_back(connection: AsyncConnection) -> None:
    damage = text("UPDATE orders SET content = :content WHERE number = :number")
    for index, content in enumerate(ODD):
        await connection.execute(damage, {"content": json.dumps(content), "number": str(index)})
    await connection.run_sync(_back)


@in_event_loop
async def test_text_and_times_that_no_database_keeps_stop_no_migration(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        repository = SqlOrderRepository(database, ManualClock())
        placed = [sample_order(str(index)) for index in range(len(ODD) + 1)]
        await repository.place([(order, ExportState.DUE) for order in placed])
        await database.write(_damage_and_go_back)
        await prepare_schema(database)
        async with database.reading() as connection:
            query = text("SELECT email, customer_order_number FROM orders ORDER BY id")
            rows = [tuple(row) for row in await connection.execute(query)]
            dated = text("SELECT count(*) FROM orders WHERE created_at IS NOT NULL")
            times = (await connection.execute(dated)).scalar_one()
            skus = text(
                "SELECT sku FROM order_products WHERE order_id = (SELECT id FROM orders WHERE number = '1')"
            )
            found = list((await connection.execute(skus)).scalars())
    assert rows[0][0] == "a\u2400b?@example.com"
    assert rows[2][1] == "?\u2400"
    assert found == ["a\u2400"]
    assert times == len(placed)

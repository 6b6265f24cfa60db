"""The keys of orders, where a database is restored by halves."""

from contextlib import aclosing

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CONTEXTS, sample_order


async def _set_back(connection: AsyncConnection) -> None:
    await connection.execute(text("SELECT setval('orders_id_seq', 1, false)"))


@in_event_loop
async def test_keys_that_begin_anew_are_told_and_nothing_is_stored(postgresql_database: Database) -> None:
    async with aclosing(postgresql_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        orders = SqlOrderRepository(database, ManualClock())
        await orders.place([(sample_order(number), ExportState.DUE) for number in "123"])
        await database.write(_set_back)
        with pytest.raises(StorageError, match=r"no key for order 4 in channel .* `orders_id_seq` is behind"):
            await orders.place([(sample_order("4"), ExportState.DUE)])
        assert len(await orders.page()) == 3

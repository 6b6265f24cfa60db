"""Exports that several processes claim from one server at the same moment."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, sample_orders


@in_event_loop
async def test_a_claim_passes_over_what_another_process_takes_at_this_moment(postgresql_url: str) -> None:
    taken, done = asyncio.Event(), asyncio.Event()

    async def take_the_oldest(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT * FROM export_requests ORDER BY order_id LIMIT 1 FOR UPDATE"))
        taken.set()
        await done.wait()

    async with aclosing(Database(postgresql_url)) as one, aclosing(Database(postgresql_url)) as other:
        for context in CONTEXTS:
            await SqlContextRepository(one).save(context)
        orders = [(order, ExportState.DUE) for order in sample_orders(["first", "second"])]
        await SqlOrderRepository(one, ManualClock(NOON)).place(orders)
        other_process = asyncio.create_task(other.write(take_the_oldest))
        await taken.wait()
        try:
            async with asyncio.timeout(5):
                claims = await SqlExportLedger(one).claim(
                    CHANNEL, worker="one", now=NOON, lease=timedelta(minutes=1), limit=1
                )
        finally:
            done.set()
            await other_process
        assert [claim.request.number for claim in claims] == ["second"]

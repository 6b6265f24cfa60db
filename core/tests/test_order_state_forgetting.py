"""What was asked before something is forgotten is not kept afterwards, also where transactions overlap."""

import asyncio
from contextlib import aclosing

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.jobs.clock import SystemClock
from iomconnector.model.exports import ExportState
from iomconnector.storage import order_state_store
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_state_store import SqlOrderStateStore
from iomconnector.storage.personal_data import SqlPersonalData
from iomconnector.testing.contracts.order_state_store import state
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, sample_orders


@pytest.mark.parametrize("erased", [False, True])
@in_event_loop
async def test_a_ticket_from_before_the_commit_keeps_nothing(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, erased: bool
) -> None:
    async with aclosing(Database(postgresql_url)) as here, aclosing(Database(postgresql_url)) as there:
        for context in CONTEXTS:
            await SqlContextRepository(here).save(context)
        orders = SqlOrderRepository(here, SystemClock())
        await orders.place([(order, ExportState.EXPORTED) for order in sample_orders(("1", "2"))])
        forgetting, asking = SqlOrderStateStore(here, SystemClock()), SqlOrderStateStore(there, SystemClock())
        await forgetting.keep(CHANNEL, [state("1")], ticket=0, observed_at=NOON)
        begun, go_on = asyncio.Event(), asyncio.Event()
        greatest = order_state_store._greatest_version

        async def slowly(connection: AsyncConnection, channel: str) -> int:
            found = await greatest(connection, channel)
            if not begun.is_set():
                begun.set()
                await go_on.wait()
            return found

        monkeypatch.setattr(order_state_store, "_greatest_version", slowly)
        key = (await orders.get(CHANNEL, "1")).request.order_id
        erasure = SqlPersonalData(here).erase(key, by="anna", at=NOON)
        gone = asyncio.ensure_future(erasure if erased else forgetting.forget(CHANNEL, ["1"]))
        await begun.wait()
        await asking.keep(CHANNEL, [state("2")], ticket=await asking.ticket(CHANNEL), observed_at=NOON)
        ticket = await asking.ticket(CHANNEL)
        go_on.set()
        await gone
        if not erased:
            erasure.close()
        await asking.keep(CHANNEL, [state("1", "SENT")], ticket=ticket, observed_at=NOON)
        assert await forgetting.known(CHANNEL, ["1"]) == {}

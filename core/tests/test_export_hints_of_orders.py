"""What makes an export due says so within its own transaction, and nothing else does."""

from contextlib import aclosing

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import StorageError
from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL, approval, sample_order


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.channels: list[str] = []

    async def tell(self, connection: AsyncConnection, channel: str) -> None:
        """Remember."""
        assert connection.in_transaction()
        self.channels.append(channel)


async def _shop(database: Database, told: Told) -> SqlOrderRepository:
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)
    return SqlOrderRepository(database, ManualClock(), told.tell)


@in_event_loop
async def test_each_order_that_is_due_is_told_with_its_channel(each_database: Database) -> None:
    told = Told()
    async with aclosing(each_database) as database:
        shop = await _shop(database, told)
        await shop.place(
            [
                (sample_order("1"), ExportState.DUE),
                (sample_order("2"), ExportState.WAITING_FOR_APPROVAL),
                (sample_order("3", channel=OTHER_CHANNEL), ExportState.DUE),
            ]
        )
        await shop.place([(sample_order("1"), ExportState.DUE)])
    assert told.channels == [CHANNEL, OTHER_CHANNEL], "what waits or was there before is not told"


@in_event_loop
async def test_an_approval_that_makes_it_due_is_told_and_a_rejection_is_not(each_database: Database) -> None:
    told = Told()
    async with aclosing(each_database) as database:
        shop = await _shop(database, told)
        waiting = ExportState.WAITING_FOR_APPROVAL
        await shop.place([(sample_order("1"), waiting), (sample_order("2"), waiting)])
        one, other = [(await shop.get(CHANNEL, number)).request.order_id for number in ("1", "2")]
        assert await shop.decide(one, approval(), ExportState.DUE)
        assert not await shop.decide(one, approval(), ExportState.DUE)
        assert await shop.decide(other, approval(), ExportState.REJECTED)
    assert told.channels == [CHANNEL]


@in_event_loop
async def test_where_it_cannot_be_told_the_order_is_not_placed(each_database: Database) -> None:
    async def fail(connection: AsyncConnection, channel: str) -> None:
        raise StorageError("The queue is gone.")

    async with aclosing(each_database) as database:
        await _shop(database, Told())
        shop = SqlOrderRepository(database, ManualClock(), fail)
        with pytest.raises(StorageError, match="queue is gone"):
            await shop.place([(sample_order("1"), ExportState.DUE)])
        assert await shop.channels_of("1") == []

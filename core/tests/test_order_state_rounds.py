"""Orders on their way are looked at again one part after the other, and none is passed over."""

from contextlib import aclosing

import pytest

from iomconnector.model.exports import ExportState
from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import StatusName
from iomconnector.storage import order_state_store
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_state_store import SqlOrderStateStore
from iomconnector.storage.personal_data import SqlPersonalData
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, OTHER_CHANNEL, sample_order

SETTLED = ("SHIPPED",)


async def _round(store: SqlOrderStateStore, limit: int) -> list[str]:
    """Everything that one round asks for."""
    seen: list[str] = []
    after = 0
    for _ in range(100):
        numbers, after = await store.unsettled(CHANNEL, SETTLED, after=after, limit=limit)
        assert len(numbers) <= limit
        seen += numbers
        if not after:
            return seen
    raise AssertionError("the round does not end")


@pytest.mark.parametrize("window", [3, 20_000])
@in_event_loop
async def test_a_round_comes_to_every_order_that_is_on_its_way_once(
    each_database: Database, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(order_state_store, "WINDOW", window)
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        orders = SqlOrderRepository(database, ManualClock())
        numbers = [f"{number:02}" for number in range(1, 13)]
        await orders.place([(sample_order(number), ExportState.EXPORTED) for number in numbers])
        await orders.place([(sample_order("due"), ExportState.DUE)])
        await orders.place([(sample_order("x", channel=OTHER_CHANNEL), ExportState.EXPORTED)])
        store = SqlOrderStateStore(database, ManualClock())
        states = [
            OrderState(number=number, status=StatusName(code="SHIPPED" if index % 3 else "PACKED"))
            for index, number in enumerate(numbers[:9])
        ]
        await store.keep(CHANNEL, states, ticket=0, observed_at=NOON)
        await store.forget(CHANNEL, ["02"])
        expected = ["01", "02", "04", "07", "10", "11", "12"]
        for limit in (1, 2, 4, 100):
            assert await _round(store, limit) == expected, limit


@in_event_loop
async def test_nobody_asks_about_an_erased_order(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        orders = SqlOrderRepository(database, ManualClock())
        await orders.place([(sample_order(number), ExportState.EXPORTED) for number in ("1", "2")])
        key = (await orders.get(CHANNEL, "1")).request.order_id
        await SqlPersonalData(database).erase(key, by="anna", at=NOON)
        assert await _round(SqlOrderStateStore(database, ManualClock()), 5) == ["2"]


@in_event_loop
async def test_an_empty_shop_has_nothing_to_look_at(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        store = SqlOrderStateStore(database, ManualClock())
        assert await store.unsettled(CHANNEL, SETTLED, after=0, limit=5) == ([], 0)

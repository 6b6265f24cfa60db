"""The order history in a whole system: its database, its cache on disk, its services."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from iomconnector.application import Application
from iomconnector.hooks import hookimpl
from iomconnector.jobs.work_off import work_off
from iomconnector.model.order_states import StateSource
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.ports.order_history_service import HistoryRules, OrderHistoryService
from iomconnector.services.definition import ServiceDefinition
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import PATRICIA
from iomconnector.testing.memory import (
    MemoryOrderExportService,
    MemoryOrderHistory,
    MemoryOrderHistoryService,
)
from iomconnector.testing.samples import CONTEXTS, ORGANIZATION, sample_order

Systems = Callable[..., AbstractAsyncContextManager[Application]]

PAGE = CustomerOrderQuery(limit=25)


class Keeping(BaseModel):
    """For how many seconds states are kept."""

    seconds: float = 600


class ExportsAndHistory:
    """Offers both services on one order management system in memory."""

    def __init__(self) -> None:
        self.management = MemoryOrderHistory()

    @hookimpl
    def iomconnector_service_definitions(self) -> list[ServiceDefinition[Any]]:
        """The service types."""

        def history(settings: Keeping, _: object) -> MemoryOrderHistoryService:
            rules = HistoryRules(
                keep_states=timedelta(seconds=settings.seconds), budget=timedelta(seconds=60)
            )
            return MemoryOrderHistoryService(self.management, rules)

        def export(_: Keeping, __: object) -> MemoryOrderExportService:
            return MemoryOrderExportService(self.management)

        return [
            ServiceDefinition("export", "Export", "Orders", OrderExportService, Keeping, export),
            ServiceDefinition("history", "History", "Orders", OrderHistoryService, Keeping, history),
        ]


async def _prepared(system: Application, orders: int) -> None:
    for context in CONTEXTS:
        await system.contexts.save(context)
    for service in ("export", "history"):
        await system.services.add(service, definition=service, context=ORGANIZATION, values={}, by="test")
    await system.place_orders.many([sample_order(f"{number:04}") for number in range(orders)])
    assert (await work_off(system, wait=0)).exported == orders


@in_event_loop
async def test_of_many_looks_in_two_systems_one_asks(application: Systems) -> None:
    hooks = ExportsAndHistory()
    async with application(hooks) as one, application(hooks) as two:
        await _prepared(one, 30)
        async with asyncio.timeout(120):
            pages = await asyncio.gather(
                *(each.order_history.page(PATRICIA, PAGE) for _ in range(100) for each in (one, two))
            )
    assert hooks.management.questions() == 1
    assert {page.total for page in pages} == {30}
    sources = Counter(view.source for page in pages for view in page.orders)
    assert sources == {StateSource.ORDER_MANAGEMENT: 5_000}


@in_event_loop
async def test_the_cache_outlives_the_system_and_not_its_settings(application: Systems) -> None:
    hooks = ExportsAndHistory()
    async with application(hooks) as system:
        await _prepared(system, 3)
        await system.order_history.page(PATRICIA, PAGE)
    async with application(hooks) as system:
        await system.order_history.page(PATRICIA, PAGE)
        assert hooks.management.questions() == 1
        await system.services.change("history", values={"seconds": 500}, by="test")
        async with asyncio.timeout(30):
            while hooks.management.questions() == 1:
                await system.order_history.page(PATRICIA, PAGE)
                await asyncio.sleep(0.05)


@in_event_loop
async def test_without_a_cache_everything_works(application: Systems) -> None:
    hooks = ExportsAndHistory()
    async with application(hooks) as system:
        (system.settings.data_directory / "cache").write_text("no directory")
        await _prepared(system, 3)
        for _ in range(2):
            page = await system.order_history.page(PATRICIA, PAGE)
            assert {view.source for view in page.orders} == {StateSource.ORDER_MANAGEMENT}
    assert hooks.management.questions() == 2


@in_event_loop
async def test_a_service_that_is_switched_off_leaves_the_shop(application: Systems) -> None:
    hooks = ExportsAndHistory()
    async with application(hooks) as system:
        await _prepared(system, 1)
        await system.order_history.page(PATRICIA, PAGE)
        await system.services.change("history", active=False, by="test")
        async with asyncio.timeout(30):
            while True:
                [view] = (await system.order_history.page(PATRICIA, PAGE)).orders
                if view.source is StateSource.SHOP:
                    break
                await asyncio.sleep(0.05)
        assert (view.status.code, view.reason) == ("EXPORTED", "service inactive")


@in_event_loop
async def test_a_system_ends_while_a_question_is_under_way(application: Systems) -> None:
    hooks = ExportsAndHistory()
    async with application(hooks) as system:
        await _prepared(system, 1)
        hooks.management.answering.clear()
        look = asyncio.create_task(system.order_history.page(PATRICIA, PAGE))
        while not hooks.management.questions():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        async with asyncio.timeout(30):
            await system.order_history.aclose()
            page = await look
        assert [view.reason for view in page.orders] == ["too slow"]

"""Nobody is shown an older state of an order after a newer one, whatever happens in which order."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from iomconnector.model.endpoints import Endpoint, EndpointRule
from iomconnector.model.exports import ExportState
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.testing.history_stage import PATRICIA, RULES, HistoryStage
from iomconnector.testing.history_steps import SteppedCache, SteppedService, SteppedStore, Steps
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.memory.order_history_service import STATUSES
from iomconnector.testing.samples import CHANNEL
from iomconnector.usecases.order_history import OrderHistory

RANKS = {"NEW": 0, "EXPORTED": 1, **{status.code: place + 2 for place, status in enumerate(STATUSES)}}
NUMBERS = ("1", "2")
ORDERS = st.integers(0, len(NUMBERS) - 1)
PROCESSES = st.integers(0, 1)


class Looks(RuleBasedStateMachine):
    """Two processes with a cache each, a change feed, and an order management system that goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.shown: dict[str, int] = defaultdict(int)
        self.documents: dict[str, int] = defaultdict(int)
        self.tasks: list[asyncio.Task[None]] = []
        self.closing = AsyncExitStack()
        self.run(self._begin())

    def run(self, act: Any) -> Any:
        return self.loop.run_until_complete(act)

    async def _begin(self) -> None:
        self.stage = stage = HistoryStage(endpoint=Endpoint("memory", EndpointRule(open_after=1000)))
        self.steps = Steps()
        stage.store = SteppedStore(self.steps)
        self.service = SteppedService(stage.management, self.steps, rules=RULES, endpoint=stage.endpoint)
        stage.service = self.service
        self.keys = [
            await stage.place("1"),
            await stage.place("2", state=ExportState.DUE),
        ]
        self.processes: list[OrderHistory] = []
        for name in ("one", "two"):
            cache = SteppedCache(self.steps, lambda: stage.clock.now().timestamp())
            self.processes.append(await self.closing.enter_async_context(stage.process(cache, name)))

    @rule(order=ORDERS)
    def something_happens_to_an_order(self, order: int) -> None:
        async def happen() -> None:
            if self.stage.orders[self.keys[order]].request.state is ExportState.DUE:
                await self.stage.export(self.keys[order])
            else:
                await self.stage.management.advance(NUMBERS[order])
                await self.stage.management.add_document(NUMBERS[order], b"content")

        self.run(happen())

    @rule(process=PROCESSES, what=st.sampled_from(["page", "order", "documents"]), order=ORDERS)
    def somebody_looks(self, process: int, what: str, order: int) -> None:
        history, key = self.processes[process], self.keys[order]

        async def look(floor: dict[str, int], documents: dict[str, int]) -> None:
            if what == "documents":
                found = await history.documents(PATRICIA, key)
                self._saw(NUMBERS[order], len(found.documents), documents, self.documents)
                return
            page = await history.page(PATRICIA, CustomerOrderQuery()) if what == "page" else None
            for view in [await history.order(PATRICIA, key)] if page is None else page.orders:
                self._saw(view.order.number, RANKS[view.status.code], floor, self.shown)
                if view.state is not None:
                    self._saw(view.order.number, len(view.state.documents), documents, self.documents)

        self._begun(look(dict(self.shown), dict(self.documents)))

    @rule(order=ORDERS)
    def the_change_feed_reads(self, order: int) -> None:
        async def read() -> None:
            store = self.stage.store
            ticket = await store.ticket(CHANNEL)
            states = await self.service.states([NUMBERS[order]])
            await store.keep(CHANNEL, states, ticket=ticket, observed_at=self.stage.clock.now())

        self._begun(_whatever(read()))

    @precondition(lambda self: self.steps.waiting)
    @rule(
        places=st.lists(st.integers(0, 9), max_size=16),
        rest=st.sampled_from(["stay", "go on", "go on but one"]),
        but=st.integers(0, 3),
    )
    def they_go_on(self, places: list[int], rest: str, but: int) -> None:
        for place in places:
            self.run(self.steps.let_go(place))
        if rest != "stay":
            self.run(self.steps.let_all_go(but=but if rest == "go on but one" else None))
        self._check()

    @rule(process=PROCESSES, order=ORDERS, far=st.integers(8, 16), by_the_feed=st.booleans())
    def somebody_is_overtaken(self, process: int, order: int, far: int, by_the_feed: bool) -> None:
        self.run(self.steps.let_all_go())
        self.stage.clock.advance(timedelta(seconds=61))
        self.somebody_looks(process, "order", order)
        for _ in range(far):
            self.run(self.steps.let_go(0))
        self.something_happens_to_an_order(order)
        if by_the_feed:
            self.the_change_feed_reads(order)
            self.run(self.steps.let_all_go(but=0))
        self.somebody_looks(1 - process, "order", order)
        self.run(self.steps.let_all_go(but=0))
        self._check()
        self.somebody_looks(process, "page", order)
        self.run(self.steps.let_all_go())
        self._check()

    @rule(what=st.sampled_from([0.5, 5, 61, "down", "up", "impatient", "patient"]))
    def the_world_changes(self, what: str | float) -> None:
        management = self.stage.management
        if isinstance(what, float | int):
            self.stage.clock.advance(timedelta(seconds=what))
        elif what in ("down", "up"):
            self.run(management.go_down() if what == "down" else management.accept())
        else:
            budget = RULES.budget if what == "patient" else timedelta(microseconds=1)
            self.service.rules = replace(RULES, budget=budget)

    def teardown(self) -> None:
        self.run(self._end())
        self.loop.close()
        super().teardown()

    async def _end(self) -> None:
        try:
            await self.steps.let_all_go()
            self._check()
            await self.stage.management.accept()
            self.service.rules = RULES
            self.stage.clock.advance(timedelta(seconds=61))
            for process in self.processes:
                look = asyncio.create_task(process.page(PATRICIA, CustomerOrderQuery()))
                while not look.done():
                    await self.steps.settle()
                    await self.steps.let_all_go()
                for view in look.result().orders:
                    if view.request.state is ExportState.EXPORTED:
                        step = self.stage.management.step(view.order.number)
                        assert view.status == STATUSES[step], "at rest everybody sees what is true"
        finally:
            for task in self.tasks:
                task.cancel()
            await self.closing.aclose()
            await asyncio.sleep(0)

    def _begun(self, look: Any) -> None:
        async def begin() -> None:
            self.tasks.append(asyncio.create_task(look))
            await self.steps.settle()

        self.run(begin())

    def _saw(self, number: str, rank: int, floor: dict[str, int], shown: dict[str, int]) -> None:
        before = floor.get(number, 0)
        assert rank >= before, f"order {number} was shown at {before} and now at {rank}"
        shown[number] = max(shown[number], rank)

    def _check(self) -> None:
        ended = [task for task in self.tasks if task.done()]
        self.tasks = [task for task in self.tasks if not task.done()]
        for task in ended:
            task.result()


async def _whatever(act: Any) -> None:
    with suppress(HistoryUnavailableError):
        await act


TestLooks = Looks.TestCase
TestLooks.settings = examples(80, steps=30)

"""The narrow places between two who look at once, one by one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from iomconnector.errors import StorageError
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import StateSource
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import PATRICIA, RULES, HistoryStage
from iomconnector.testing.history_steps import SteppedService, SteppedStore, Steps
from iomconnector.testing.memory import MemoryCache
from iomconnector.testing.samples import CHANNEL
from iomconnector.usecases.order_history import OrderHistory


class Race:
    """One exported order, and two processes that look at it."""

    def __init__(self, stage: HistoryStage, steps: Steps, key: int, processes: list[OrderHistory]) -> None:
        self.stage = stage
        self.steps = steps
        self.key = key
        self.one, self.two = processes

    async def begin(self, process: OrderHistory) -> "asyncio.Task[OrderView]":
        look = asyncio.create_task(process.order(PATRICIA, self.key))
        await self.steps.settle()
        return look

    async def look(self, process: OrderHistory, *, held: bool) -> str:
        """Look to the end, while the first of those who stand somewhere stays there."""
        look = await self.begin(process)
        await self.steps.let_all_go(but=0 if held else None)
        return look.result().status.code

    async def until_answered(self) -> None:
        """Let the only one who is under way go on until the answer of the system is on its way."""
        while not self.stage.management.questions():
            await self.steps.let_go(0)

    async def feed(self) -> None:
        """Keep what is true now."""
        store = self.stage.store
        assert isinstance(store, SteppedStore)
        [(_, state)] = self.stage.management.states()
        await store.at_once.keep(
            CHANNEL, [state], ticket=await store.at_once.ticket(CHANNEL), observed_at=self.stage.clock.now()
        )


@asynccontextmanager
async def race() -> AsyncIterator[Race]:
    stage, steps = HistoryStage(), Steps()
    stage.store = SteppedStore(steps)
    stage.service = SteppedService(stage.management, steps, rules=RULES, endpoint=stage.endpoint)
    key = await stage.place("1")
    async with stage.process(name="one") as one, stage.process(name="two") as two:
        yield Race(stage, steps, key, [one, two])


@in_event_loop
async def test_an_answer_that_was_overtaken_is_not_kept_and_not_shown() -> None:
    async with race() as scene:
        late = await scene.begin(scene.one)
        await scene.until_answered()
        await scene.stage.management.advance("1")
        assert await scene.look(scene.two, held=True) == "PACKED"
        await scene.steps.let_all_go()
        assert late.result().status.code == "PACKED"
        for process in (scene.one, scene.two):
            assert await scene.look(process, held=False) == "PACKED"


@in_event_loop
async def test_who_joins_a_question_does_not_get_less_than_was_shown_before() -> None:
    async with race() as scene:
        asking = await scene.begin(scene.one)
        await scene.until_answered()
        while not await scene.stage.store.at_once.known(CHANNEL, ["1"]):  # type: ignore[attr-defined]
            await scene.steps.let_go(0)
        await scene.stage.management.advance("1")
        await scene.feed()
        assert await scene.look(scene.two, held=True) == "PACKED"
        joining = await scene.begin(scene.one)
        await scene.steps.let_all_go(but=0)
        await scene.steps.let_all_go()
        assert (await asking).status.code in ("RECEIVED", "PACKED")
        assert (await joining).status.code == "PACKED"
        assert scene.stage.management.questions() == 2


@in_event_loop
async def test_what_another_process_learnt_empties_the_cache_of_this_one() -> None:
    async with race() as scene:
        assert await scene.look(scene.one, held=False) == "RECEIVED"
        await scene.stage.management.advance("1")
        assert await scene.look(scene.two, held=False) == "PACKED"
        assert await scene.look(scene.one, held=False) == "PACKED"


@in_event_loop
async def test_an_answer_from_before_an_erasure_is_not_kept() -> None:
    async with race() as scene:
        late = await scene.begin(scene.one)
        await scene.until_answered()
        store = scene.stage.store
        assert isinstance(store, SteppedStore)
        await store.at_once.forget(CHANNEL, ["1"])
        await scene.steps.let_all_go()
        assert (late.result().state, late.result().status.code) == (None, "EXPORTED")
        assert await store.at_once.known(CHANNEL, ["1"]) == {}


@in_event_loop
async def test_a_state_of_somebody_else_that_was_faster_is_not_shown() -> None:
    async with race() as scene:
        late = await scene.begin(scene.one)
        await scene.until_answered()
        store = scene.stage.store
        assert isinstance(store, SteppedStore)
        [(_, state)] = scene.stage.management.states()
        foreign = state.model_copy(update={"customer": "9"})
        await store.at_once.keep(
            CHANNEL,
            [foreign],
            ticket=await store.at_once.ticket(CHANNEL),
            observed_at=scene.stage.clock.now(),
        )
        await scene.steps.let_all_go()
        assert (late.result().state, late.result().source) == (None, StateSource.SHOP)


@in_event_loop
async def test_a_store_that_cannot_keep_an_answer_shows_what_stood_before() -> None:
    class Full(type(HistoryStage().store)):  # type: ignore[misc]
        async def keep(self, *answer: object, **rest: object) -> object:
            raise StorageError("The disk is full.")

    stage = HistoryStage()
    key = await stage.place("1")
    async with stage.process(MemoryCache()) as history:
        await history.order(PATRICIA, key)
        await stage.management.advance("1")
        full = Full()
        full.__dict__ = stage.store.__dict__
        stage.store = full
    async with stage.process(MemoryCache()) as history:
        view = await history.order(PATRICIA, key)
    assert view.status.code == "RECEIVED", "what was not kept could be followed by something older"

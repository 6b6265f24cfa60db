"""How often order management is asked, when it is left alone, and what a page waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from iomconnector.model.endpoints import CircuitState
from iomconnector.model.order_states import StateSource
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.order_history_service import HistoryRules, HistoryUnavailableError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import PATRICIA, HistoryStage
from iomconnector.testing.memory import MemoryCache
from iomconnector.testing.samples import CHANNEL
from iomconnector.usecases.ask_history import AskHistory
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_source import HistorySource

EVERYTHING = CustomerOrderQuery()
SHORT = HistoryRules(budget=timedelta(seconds=0.05))


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def _is(condition: bool) -> bool:
    return condition


async def _is_known(stage: HistoryStage, code: str) -> bool:
    return (await stage.store.known(CHANNEL, ["1"]))["1"].state.status.code == code


async def _is_closed(stage: HistoryStage) -> bool:
    return all(each.state.circuit is CircuitState.CLOSED for each in await stage.states.all())


@in_event_loop
async def test_of_many_looks_at_once_one_asks() -> None:
    stage = HistoryStage()
    numbers = [f"{number}" for number in range(5)]
    for number in numbers:
        await stage.place(number)
    cache = MemoryCache()
    async with stage.process(cache) as one, stage.process(cache, "other") as other:
        pages = await asyncio.gather(
            *(history.page(PATRICIA, EVERYTHING) for _ in range(100) for history in (one, other))
        )
    assert stage.management.questions() == 1
    assert {view.source for page in pages for view in page.orders} == {StateSource.ORDER_MANAGEMENT}


@in_event_loop
async def test_pages_that_overlap_ask_for_each_order_once() -> None:
    stage = HistoryStage()
    keys = [await stage.place(f"{number}") for number in range(3)]
    async with stage.process() as history:
        await asyncio.gather(
            history.order(PATRICIA, keys[0]),
            history.page(PATRICIA, EVERYTHING),
            history.order(PATRICIA, keys[2]),
        )
    asked = [number for numbers in stage.management.asked for number in numbers]
    assert sorted(asked) == ["0", "1", "2"]


@in_event_loop
async def test_a_slow_answer_is_not_waited_for_and_kept() -> None:
    stage = HistoryStage(SHORT)
    key = await stage.place("1")
    async with stage.process() as history:
        await history.order(PATRICIA, key)
        await stage.management.advance("1")
        stage.clock.advance(timedelta(minutes=1))
        stage.management.answering.clear()
        async with asyncio.timeout(10):
            view = await history.order(PATRICIA, key)
        assert (view.status.code, view.source, view.reason) == (
            "RECEIVED",
            StateSource.LAST_KNOWN,
            "too slow",
        )
        stage.management.answering.set()
        await until(lambda: _is_known(stage, "PACKED"))
        await stage.management.go_down()
        warm = await history.order(PATRICIA, key)
    assert (warm.status.code, warm.source) == ("PACKED", StateSource.ORDER_MANAGEMENT)
    assert stage.management.questions() == 2


@in_event_loop
async def test_so_many_questions_are_under_way_as_the_endpoint_bears() -> None:
    stage = HistoryStage(SHORT)
    concurrency = stage.endpoint.rule.concurrency
    keys = [await stage.place(f"{number}") for number in range(concurrency + 10)]
    stage.management.answering.clear()
    async with stage.process() as history:
        async with asyncio.timeout(10):
            views = await asyncio.gather(*(history.order(PATRICIA, key) for key in keys))
        assert {view.reason for view in views} == {"too slow"}
        assert stage.management.questions() == concurrency
        async with asyncio.timeout(10):
            await history.order(PATRICIA, keys[-1])
        assert stage.management.questions() == concurrency


@in_event_loop
async def test_who_leaves_a_page_disturbs_nobody() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    stage.management.answering.clear()
    async with stage.process() as history:
        leaving = asyncio.create_task(history.order(PATRICIA, key))
        staying = asyncio.create_task(history.order(PATRICIA, key))
        await until(lambda: _is(stage.management.questions() == 1))
        leaving.cancel()
        await asyncio.wait({leaving})
        stage.management.answering.set()
        assert (await staying).status.code == "RECEIVED"
    assert stage.management.questions() == 1


@in_event_loop
async def test_an_open_circuit_is_not_asked_and_a_later_look_probes() -> None:
    stage = HistoryStage()
    key, mine = await stage.place("1"), await stage.place("2")
    async with stage.process() as history, stage.process(name="other") as other:
        await stage.management.go_down()
        for _ in range(stage.endpoint.rule.open_after):
            assert (await history.order(PATRICIA, key)).reason == "unavailable"
        asked = stage.management.questions()
        assert (await history.order(PATRICIA, key)).reason == "circuit open"
        assert (await other.order(PATRICIA, key)).reason == "circuit open"
        assert stage.management.questions() == asked
        [standing] = await stage.states.all()
        assert (standing.state.name, standing.shares) == ("memory (order history)", ())
        await stage.management.accept()
        stage.clock.advance(timedelta(seconds=11))
        stage.management.answering.clear()
        probing = asyncio.create_task(history.order(PATRICIA, key))
        await until(lambda: _is(stage.management.questions() == asked + 1))
        assert (await other.order(PATRICIA, key)).reason == "circuit open"
        assert (await history.order(PATRICIA, mine)).reason == "circuit open"
        stage.management.answering.set()
        assert (await probing).source is StateSource.ORDER_MANAGEMENT
        await until(lambda: _is_closed(stage))
        assert (await history.order(PATRICIA, mine)).source is StateSource.ORDER_MANAGEMENT


@in_event_loop
async def test_a_system_that_asks_to_wait_is_not_asked_before() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    await stage.management.throttle(10)
    async with stage.process() as history:
        assert (await history.order(PATRICIA, key)).reason == "unavailable"
        assert (await history.order(PATRICIA, key)).reason == "circuit open"
        assert stage.management.questions() == 1


@in_event_loop
async def test_a_question_that_is_never_answered_ends() -> None:
    stage = HistoryStage()
    await stage.place("1")
    stage.management.answering.clear()
    gates = Gates(stage.states, "worker", stage.clock)
    ask = AskHistory(stage.store, gates, stage.clock, stage.telemetry, longest=timedelta(0))
    with pytest.raises(HistoryUnavailableError, match="did not answer within 0 seconds"):
        async with asyncio.timeout(10):
            await ask.states(HistorySource(stage.service, "service"), CHANNEL, "1001", ["1"], {})
    await gates.aclose()


@in_event_loop
async def test_a_failing_adapter_is_no_error_of_the_page() -> None:
    class Broken(type(HistoryStage().service)):  # type: ignore[misc]
        async def states(self, numbers: object) -> object:
            raise ZeroDivisionError

    stage = HistoryStage()
    stage.service = Broken(stage.management, stage.rules, stage.endpoint)
    key = await stage.place("1")
    async with stage.process() as history:
        view = await history.order(PATRICIA, key)
    assert (view.source, view.reason) == (StateSource.SHOP, "unavailable")

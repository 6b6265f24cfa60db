"""What customers are shown of their orders, and who says so."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.endpoints import CircuitState
from iomconnector.model.exports import ExportState
from iomconnector.model.local_order_status import LOCAL_STATUSES
from iomconnector.model.order_states import DocumentKind, OrderDocument, OrderState, StateSource
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.document_service import DocumentNotFoundError
from iomconnector.ports.order_history_service import HistoryRules, HistoryUnavailableError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import PATRICIA, HistoryStage
from iomconnector.testing.memory import MemoryCache
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, placed_order, sample_order
from iomconnector.usecases.ask_history import AskHistory
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_source import HistorySource

EVERYTHING = CustomerOrderQuery()
SHORT = HistoryRules(budget=timedelta(seconds=0.05))
DANIEL = OrderOwner(ChannelId(CHANNEL), "1002")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def _is(condition: bool) -> bool:
    return condition


async def _is_known(stage: HistoryStage, code: str) -> bool:
    return (await stage.store.known(CHANNEL, ["1"]))["1"].state.status.code == code


async def _state(stage: HistoryStage, number: str) -> OrderState:
    [state] = [state for _, state in stage.management.states() if state.number == number]
    return state


async def _is_closed(stage: HistoryStage) -> bool:
    return all(each.state.circuit is CircuitState.CLOSED for each in await stage.states.all())


@in_event_loop
async def test_a_page_asks_once_for_the_exported_orders() -> None:
    stage = HistoryStage()
    for number in range(6):
        await stage.place(f"{number}", state=ExportState.EXPORTED if number % 2 else ExportState.DUE)
    await stage.management.advance("3")
    async with stage.process() as history:
        page = await history.page(PATRICIA, EVERYTHING)
    assert page.total == 6
    shown = {view.order.number: (view.status.code, view.source, view.reason) for view in page.orders}
    assert shown == {
        **dict.fromkeys("024", ("NEW", StateSource.SHOP, None)),
        **dict.fromkeys("15", ("RECEIVED", StateSource.ORDER_MANAGEMENT, None)),
        "3": ("PACKED", StateSource.ORDER_MANAGEMENT, None),
    }
    assert [sorted(numbers) for numbers in stage.management.asked] == [["1", "3", "5"]]


@in_event_loop
async def test_an_answer_is_used_again_for_as_long_as_the_rules_say() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    async with stage.process() as history:
        first = await history.order(PATRICIA, key)
        await stage.management.advance("1")
        stage.clock.advance(timedelta(seconds=4))
        assert (await history.order_by_number(PATRICIA, "1")) == first
        assert stage.management.questions() == 1
        stage.clock.advance(timedelta(seconds=1))
        view = await history.order(PATRICIA, key)
    assert (view.status.code, view.as_of) == ("PACKED", stage.clock.now())
    assert stage.management.questions() == 2


@in_event_loop
async def test_other_settings_ask_again() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    async with stage.process() as history:
        await history.order(PATRICIA, key)
        stage.identity = "service with other settings"
        await history.order(PATRICIA, key)
    assert stage.management.questions() == 2


@pytest.mark.parametrize("mood", ["go_down", "fail", "ignore", "garble", "forbid"])
@in_event_loop
async def test_what_was_known_is_shown_with_its_age(mood: str) -> None:
    stage = HistoryStage()
    key, other = await stage.place("1"), await stage.place("2")
    async with stage.process() as history:
        before = await history.order(PATRICIA, key)
        stage.clock.advance(timedelta(hours=1))
        await getattr(stage.management, mood)()
        view = await history.order(PATRICIA, key)
        assert (view.status, view.source, view.as_of) == (
            before.status,
            StateSource.LAST_KNOWN,
            before.as_of,
        )
        assert view.reason == "unavailable"
        never_seen = await history.order(PATRICIA, other)
        assert (never_seen.status.code, never_seen.source) == ("EXPORTED", StateSource.SHOP)
        assert never_seen.reason == "unavailable"


@in_event_loop
async def test_without_a_service_the_shop_answers() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    stage.active = False
    async with stage.process() as history:
        view = await history.order(PATRICIA, key)
        assert (view.status.code, view.source, view.reason) == (
            "EXPORTED",
            StateSource.SHOP,
            "service inactive",
        )
        documents = await history.documents(PATRICIA, key)
        assert (documents.documents, documents.source, documents.reason) == (
            [],
            StateSource.SHOP,
            "service inactive",
        )
        statuses = await history.statuses(CHANNEL)
        assert [status.code for status in statuses] == [status.code for status in LOCAL_STATUSES]
    assert stage.management.questions() == 0


@in_event_loop
async def test_an_order_that_waits_in_the_shop_needs_no_explanation() -> None:
    stage = HistoryStage()
    key = await stage.place("1", state=ExportState.DUE)
    stage.active = False
    async with stage.process() as history:
        view = await history.order(PATRICIA, key)
        documents = await history.documents(PATRICIA, key)
    assert (view.source, view.reason) == (documents.source, documents.reason) == (StateSource.SHOP, None)


@in_event_loop
async def test_an_order_that_is_not_there_is_exported_and_asked_for_once() -> None:
    stage = HistoryStage()
    key = stage.put(placed_order(sample_order("1")), ExportState.EXPORTED)
    async with stage.process() as history:
        for _ in range(3):
            view = await history.order(PATRICIA, key)
            assert (view.status.code, view.source, view.reason) == (
                "EXPORTED",
                StateSource.SHOP,
                "not there",
            )
        assert stage.management.questions() == 1
        await stage.export(key)
        stage.clock.advance(timedelta(seconds=5))
        assert (await history.order(PATRICIA, key)).status.code == "RECEIVED"


@in_event_loop
async def test_an_order_that_is_not_there_any_more_keeps_its_last_known_state() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    async with stage.process() as history:
        await history.order(PATRICIA, key)
        await stage.management.forget("1")
        stage.clock.advance(timedelta(seconds=10))
        views = [await history.order(PATRICIA, key) for _ in range(3)]
    for view in views:
        assert (view.status.code, view.source, view.reason) == (
            "RECEIVED",
            StateSource.LAST_KNOWN,
            "not there",
        )
    assert stage.management.questions() == 2


@in_event_loop
async def test_what_happens_to_the_export_is_seen_at_the_next_look() -> None:
    stage = HistoryStage()
    key = await stage.place("1", state=ExportState.WAITING_FOR_APPROVAL)
    async with stage.process() as history:
        for state, code in [
            (ExportState.WAITING_FOR_APPROVAL, "IN_APPROVAL"),
            (ExportState.DUE, "NEW"),
            (ExportState.SENDING, "NEW"),
            (ExportState.PARKED, "EXPORT_FAILED"),
            (ExportState.GIVEN_UP, "CANCELLED"),
            (ExportState.REJECTED, "NOT_APPROVED"),
        ]:
            stage.move(key, state)
            view = await history.order(PATRICIA, key)
            assert (view.status.code, view.source) == (code, StateSource.SHOP)
        await stage.export(key)
        view = await history.order(PATRICIA, key)
        assert (view.status.code, view.source) == ("RECEIVED", StateSource.ORDER_MANAGEMENT)
    assert stage.management.questions() == 1


@in_event_loop
async def test_a_change_that_another_process_learnt_is_shown_at_once() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    async with stage.process() as history:
        assert (await history.order(PATRICIA, key)).status.code == "RECEIVED"
        await stage.management.advance("1")
        [state] = await stage.service.states(["1"])
        ticket = await stage.store.ticket(CHANNEL)
        await stage.store.keep(CHANNEL, [state], ticket=ticket, observed_at=stage.clock.now())
        assert (await history.order(PATRICIA, key)).status.code == "PACKED"


@in_event_loop
async def test_what_was_erased_is_asked_for_again() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    async with stage.process() as history:
        await history.order(PATRICIA, key)
        await stage.store.forget(CHANNEL, ["1"])
        await stage.management.go_down()
        view = await history.order(PATRICIA, key)
    assert (view.status.code, view.source, view.state) == ("EXPORTED", StateSource.SHOP, None)
    assert view.reason == "unavailable"
    assert stage.management.questions() == 2


@pytest.mark.parametrize("named", ["1001", None])
@in_event_loop
async def test_what_was_learnt_a_moment_ago_is_as_good_as_an_answer(named: str | None) -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    state = (await _state(stage, "1")).model_copy(update={"customer": named})
    await stage.store.keep(CHANNEL, [state], ticket=0, observed_at=stage.clock.now())
    await stage.management.go_down()
    async with stage.process() as history:
        view = await history.order(PATRICIA, key)
        assert (view.state, view.source, view.reason) == (state, StateSource.ORDER_MANAGEMENT, None)
        stage.clock.advance(stage.rules.keep_states)
        view = await history.order(PATRICIA, key)
        assert (view.state, view.source, view.reason) == (state, StateSource.LAST_KNOWN, "unavailable")


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


@in_event_loop
async def test_an_order_of_somebody_else_under_the_number_is_not_there() -> None:
    stage = HistoryStage()
    await stage.management.plant(placed_order(sample_order("1", customer={"type": "private", "number": "9"})))
    key = stage.put(placed_order(sample_order("1")), ExportState.EXPORTED)
    async with stage.process() as history:
        view = await history.order(PATRICIA, key)
        assert (view.state, view.source, view.reason) == (None, StateSource.SHOP, "not there")
        [foreign] = await stage.service.states(["1"])
        await stage.store.keep(CHANNEL, [foreign], ticket=0, observed_at=stage.clock.now())
        stage.clock.advance(timedelta(minutes=1))
        await stage.management.go_down()
        assert (await history.order(PATRICIA, key)).state is None


@in_event_loop
async def test_documents_have_an_interval_of_their_own() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    for content in (b"one", b"two"):
        await stage.management.add_document("1", content)
    async with stage.process(MemoryCache(lambda: stage.clock.now().timestamp())) as history:
        listed = await history.documents(PATRICIA, key)
        assert len(listed.documents) == 2
        assert listed.source is StateSource.ORDER_MANAGEMENT
        stage.clock.advance(timedelta(seconds=59))
        await stage.management.add_document("1", b"three")
        assert await history.documents(PATRICIA, key) == listed
        view = await history.order(PATRICIA, key)
        assert view.state is not None
        assert len(view.state.documents) == 3
        assert len((await history.documents(PATRICIA, key)).documents) == 3, "as many as the badge says"
        none = await history.documents(PATRICIA, key, {DocumentKind.RETURN_LABEL})
        assert list(none.documents) == []
        some = await history.documents(PATRICIA, key, {DocumentKind.INVOICE})
        assert len(some.documents) == 3
    assert stage.management.questions() == 2


@in_event_loop
async def test_documents_come_newest_first() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    made = {"undated": None, "older": NOON, "newer": NOON + timedelta(days=1)}
    documents = tuple(OrderDocument(id=name, type="T", name=name, created_at=at) for name, at in made.items())
    state = (await _state(stage, "1")).model_copy(update={"documents": documents})
    await stage.store.keep(CHANNEL, [state], ticket=0, observed_at=stage.clock.now())
    await stage.management.go_down()
    async with stage.process() as history:
        listed = await history.documents(PATRICIA, key)
    assert [each.id for each in listed.documents] == ["newer", "older", "undated"]


@in_event_loop
async def test_a_document_is_opened_for_its_owner_alone() -> None:
    stage = HistoryStage()
    mine, other = await stage.place("1"), await stage.place("2", customer="1002")
    await stage.management.add_document("1", b"mine")
    await stage.management.add_document("2", b"somebody else's")
    async with stage.process() as history:
        [document] = (await history.documents(PATRICIA, mine)).documents
        [foreign] = (await history.documents(DANIEL, other)).documents
        async with history.open_document(PATRICIA, mine, document.id) as stream:
            assert [chunk async for chunk in stream.chunks] == [b"mine"]
        for owner, key, document_id in [
            (DANIEL, mine, document.id),
            (PATRICIA, other, foreign.id),
            (PATRICIA, mine, foreign.id),
            (PATRICIA, 999, document.id),
            (OrderOwner(ChannelId(OTHER_CHANNEL), "1001"), mine, document.id),
        ]:
            with pytest.raises(DocumentNotFoundError):
                async with history.open_document(owner, key, document_id):
                    pass
        for owner, key in [(DANIEL, mine), (PATRICIA, other), (PATRICIA, 999)]:
            with pytest.raises(NotFoundError):
                await history.order(owner, key)
            with pytest.raises(NotFoundError):
                await history.documents(owner, key)


@in_event_loop
async def test_documents_of_an_order_of_somebody_else_under_the_number_are_not_there() -> None:
    stage = HistoryStage()
    await stage.management.plant(placed_order(sample_order("1", customer={"type": "private", "number": "9"})))
    await stage.management.add_document("1", b"somebody else's")
    [document] = stage.management.contents("1")
    key = stage.put(placed_order(sample_order("1")), ExportState.EXPORTED)
    async with stage.process() as history:
        assert list((await history.documents(PATRICIA, key)).documents) == []
        with pytest.raises(DocumentNotFoundError):
            async with history.open_document(PATRICIA, key, document):
                pass


@in_event_loop
async def test_a_document_that_cannot_be_fetched_says_so_and_opens_the_circuit() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    await stage.management.add_document("1", b"mine")
    async with stage.process() as history:
        [document] = (await history.documents(PATRICIA, key)).documents
        await stage.management.go_down()
        for _ in range(stage.endpoint.rule.open_after + 1):
            with pytest.raises(HistoryUnavailableError) as unavailable:
                async with history.open_document(PATRICIA, key, document.id):
                    pass
        assert unavailable.value.retry_after == pytest.approx(10)


@in_event_loop
async def test_a_document_that_is_not_there_is_an_answer() -> None:
    stage = HistoryStage()
    key = await stage.place("1")
    await stage.management.add_document("1", b"mine")
    async with stage.process() as history:
        [document] = (await history.documents(PATRICIA, key)).documents
        for _ in range(stage.endpoint.rule.open_after):
            await stage.management.go_down()
            with pytest.raises(HistoryUnavailableError) as unavailable:
                async with history.open_document(PATRICIA, key, document.id):
                    pass
            assert unavailable.value.retry_after is None, "the circuit is closed"
            await stage.management.accept()
            with pytest.raises(DocumentNotFoundError):
                async with history.open_document(PATRICIA, key, "nothing"):
                    pass


@in_event_loop
async def test_statuses_of_the_shop_come_first_with_the_texts_of_the_rules() -> None:
    texts = {"NEW": {"de": "Frisch"}}
    stage = HistoryStage(HistoryRules(local_texts=texts))
    key = await stage.place("1", state=ExportState.DUE)
    async with stage.process() as history:
        statuses = await history.statuses(CHANNEL)
        assert [status.code for status in statuses][:7] == [
            "IN_APPROVAL",
            "NEW",
            "EXPORTED",
            "EXPORT_FAILED",
            "NOT_APPROVED",
            "CANCELLED",
            "RECEIVED",
        ]
        view = await history.order(PATRICIA, key)
    assert (view.status.text("de"), view.status.text("en")) == ("Frisch", "New")

"""What customers are shown of their orders, and who says so."""

from datetime import timedelta

import pytest

from iomconnector.model.exports import ExportState
from iomconnector.model.local_order_status import LOCAL_STATUSES
from iomconnector.model.order_states import StateSource
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.order_history_service import HistoryRules
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import PATRICIA, HistoryStage
from iomconnector.testing.samples import CHANNEL, placed_order, sample_order

EVERYTHING = CustomerOrderQuery()


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
    [known] = await stage.service.states(["1"])
    state = known.model_copy(update={"customer": named})
    await stage.store.keep(CHANNEL, [state], ticket=0, observed_at=stage.clock.now())
    await stage.management.go_down()
    async with stage.process() as history:
        view = await history.order(PATRICIA, key)
        assert (view.state, view.source, view.reason) == (state, StateSource.ORDER_MANAGEMENT, None)
        stage.clock.advance(stage.rules.keep_states)
        view = await history.order(PATRICIA, key)
        assert (view.state, view.source, view.reason) == (state, StateSource.LAST_KNOWN, "unavailable")


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

"""The embedded engine: so many orders at a time, at once when it is called, to the end when it is stopped."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from iomconnector.testing.contracts.order_storage import LEASE
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.export_stage import AN_HOUR, ExportStage
from iomconnector.testing.hypothesis_profiles import examples


@examples(30)
@given(concurrency=st.integers(1, 6), orders=st.integers(0, 25))
def test_no_more_orders_than_allowed_are_on_their_way_at_a_time(concurrency: int, orders: int) -> None:
    async def scenario() -> ExportStage:
        stage = ExportStage()
        await stage.storage.place(*map(str, range(orders)))
        await stage.exporter(concurrency=concurrency).drain()
        return stage

    stage = asyncio.run(scenario())
    assert stage.service.most_on_the_way == min(concurrency, orders)
    assert len(stage.numbers) == orders
    assert len(stage.results) == orders


@in_event_loop
async def test_draining_ends_when_nothing_is_due_any_more_whatever_the_outcome() -> None:
    stage = ExportStage()
    await stage.storage.place(*map(str, range(30)))
    await stage.management.go_down()
    await stage.exporter().drain()
    assert await stage.counts() == {"due": 30}
    await stage.exporter().drain()
    assert len(stage.results) == 30, "what must wait is not tried again at once"
    await stage.management.accept()
    stage.clock.advance(timedelta(seconds=1))
    await stage.exporter().drain()
    assert await stage.counts() == {"exported": 30}


@in_event_loop
async def test_stopping_finishes_what_was_begun_and_begins_nothing() -> None:
    stage = ExportStage()
    await stage.storage.place("1", "2", "3", "4")
    gate = stage.service.hold("1")
    stop = asyncio.Event()
    running = asyncio.create_task(stage.exporter(concurrency=1).run(stop))
    await gate.reached.wait()
    stop.set()
    await asyncio.sleep(0)
    assert not running.done()
    gate.opened.set()
    await running
    assert await stage.counts() == {"exported": 1, "due": 3}, "one was on its way, one claimed"
    assert (await stage.storage.stored("2")).request.lease_until is None


@in_event_loop
async def test_what_cannot_be_finished_in_time_is_given_back_and_asked_for_before_it_is_sent_again() -> None:
    stage = ExportStage()
    await stage.storage.place("1", "2", "3")
    gate = stage.service.hold("1")
    stop = asyncio.Event()
    exporter = stage.exporter(concurrency=1)
    running = asyncio.create_task(exporter.run(stop))
    await gate.reached.wait()
    stop.set()
    await asyncio.sleep(0)
    while not running.done():
        running.cancel()
        await asyncio.sleep(0)
    await exporter.give_back()
    assert exporter.under_way() == []
    found = {number: (await stage.storage.stored(number)).request for number in ("1", "2", "3")}
    assert await stage.counts() == {"due": 3}
    assert all(request.lease_until is None for request in found.values())
    assert [found[number].unclear for number in ("1", "2", "3")] == [True, False, False]
    assert found["1"].reason_code == "export.process_stopped"
    gate.opened.set()
    await stage.exporter().drain()
    assert sorted(stage.numbers) == ["1", "2", "3"]


@in_event_loop
async def test_a_cancelled_exporter_finishes_what_was_begun() -> None:
    stage = ExportStage()
    await stage.storage.place("1")
    gate = stage.service.hold("1")
    running = asyncio.create_task(stage.exporter().run(asyncio.Event()))
    await gate.reached.wait()
    running.cancel()
    await asyncio.sleep(0)
    assert not running.done()
    gate.opened.set()
    await asyncio.wait({running})
    assert running.cancelled()
    assert await stage.counts() == {"exported": 1}


@in_event_loop
async def test_who_is_called_looks_at_the_ledger_at_once() -> None:
    stage = ExportStage()
    exporter, stop = stage.exporter(poll_interval=AN_HOUR), asyncio.Event()
    running = asyncio.create_task(exporter.run(stop))
    for count in (1, 2, 3):
        await stage.storage.place(str(count))
        exporter.wake()
        await stage.until_exported(count)
    stop.set()
    await running


@in_event_loop
async def test_a_slow_order_does_not_keep_a_new_one_waiting() -> None:
    stage = ExportStage()
    await stage.storage.place("slow")
    gate = stage.service.hold("slow")
    exporter, stop = stage.exporter(poll_interval=AN_HOUR), asyncio.Event()
    running = asyncio.create_task(exporter.run(stop))
    await gate.reached.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    await stage.storage.place("new")
    exporter.wake()
    await stage.until(lambda: stage.numbers == ["new"])
    stop.set()
    gate.opened.set()
    await running
    assert stage.numbers == ["new", "slow"]


@in_event_loop
async def test_without_a_call_the_ledger_is_looked_at_now_and_then() -> None:
    stage = ExportStage()
    stop = asyncio.Event()
    running = asyncio.create_task(stage.exporter(poll_interval=0.001).run(stop))
    for count in (1, 2):
        await stage.storage.place(str(count))
        await stage.until_exported(count)
    stop.set()
    await running


@in_event_loop
async def test_two_exporters_on_one_ledger_send_each_order_once() -> None:
    stage = ExportStage()
    numbers = [f"{number:02}" for number in range(40)]
    await stage.storage.place(*numbers)
    await asyncio.gather(*(stage.exporter(concurrency=3).drain() for _ in range(2)))
    assert stage.numbers == numbers
    assert sorted(result.claim.request.number for result in stage.results) == numbers


@in_event_loop
async def test_a_claim_that_waited_until_another_took_it_over_is_not_sent() -> None:
    stage = ExportStage()
    await stage.storage.place("1", "2")
    gate = stage.service.hold("1")
    suspended = asyncio.create_task(stage.exporter(concurrency=1).drain())
    await gate.reached.wait()
    stage.clock.advance(2 * LEASE)
    awake = asyncio.create_task(stage.exporter().drain())
    await stage.until_exported(1)
    gate.opened.set()
    with capture_logs() as logs:
        await asyncio.gather(suspended, awake)
    assert stage.service.submitted.count("2") == 1
    assert sorted(stage.numbers) == ["1", "2"]
    assert await stage.counts() == {"exported": 2}
    told = sorted(result.claim.request.number for result in stage.results)
    assert told == ["1", "2"], "what is not in the ledger is told to nobody but the log"
    lost = [each["order"] for each in logs if each["event"] == "another process took an order over"]
    assert sorted(lost) == ["1", "2"]

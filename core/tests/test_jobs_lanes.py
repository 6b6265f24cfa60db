"""Channels do not wait for one another, gates are kept, and a poisonous order does not take others down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from iomconnector.errors import ConnectorError
from iomconnector.jobs.lane import FixedGate, LaneGate
from iomconnector.model.exports import ExportState
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.contracts.order_storage import LEASE
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.export_stage import AN_HOUR, ExportStage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL
from iomconnector.usecases.export_orders import ABANDONED
from iomconnector.usecases.gate_closed import GateClosedError

NUMBERS = [f"{number:02}" for number in range(30)]


class ClosingGate(FixedGate):
    """A gate that a test closes.

    Arguments:
        concurrency: How many it lets in while it is open.
        clock: Tells when it opens again: in a minute.
    """

    def __init__(self, concurrency: int, clock: ManualClock) -> None:
        super().__init__(concurrency)
        self.clock = clock
        self.closed = False

    async def permits(self) -> int:
        """None while it is closed."""
        return 0 if self.closed else await super().permits()

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Refuses while it is closed."""
        async with super().entered():
            if self.closed:
                until = self.clock.now() + timedelta(minutes=1)
                raise GateClosedError("The circuit is open.", until=until)
            yield


@in_event_loop
async def test_a_channel_whose_receiver_hangs_holds_up_no_other() -> None:
    stage = ExportStage()
    await stage.storage.place(*NUMBERS)
    held = [stage.service.hold(number) for number in NUMBERS]
    exporter, stop = stage.exporter(concurrency=2, poll_interval=AN_HOUR), asyncio.Event()
    running = asyncio.create_task(exporter.run(stop))
    await held[1].reached.wait()
    await stage.storage.place_in(OTHER_CHANNEL, "a", "b", "c")
    exporter.wake()
    await stage.until(lambda: stage.numbers == ["a", "b", "c"])
    for gate in held:
        gate.opened.set()
    stop.set()
    await running


@in_event_loop
async def test_a_channel_whose_adapter_is_broken_holds_up_no_other() -> None:
    stage = ExportStage()
    await stage.storage.place("1")
    looked = asyncio.Event()

    async def gate_of(channel: str) -> LaneGate:
        if channel == CHANNEL:
            looked.set()
            raise RuntimeError("the adapter has a mistake")
        return FixedGate(1)

    exporter, stop = stage.exporter(gate_of=gate_of, poll_interval=AN_HOUR), asyncio.Event()
    with capture_logs() as logged:
        running = asyncio.create_task(exporter.run(stop))
        await looked.wait()
        await stage.storage.place_in(OTHER_CHANNEL, "a")
        exporter.wake()
        exported = asyncio.create_task(stage.until_exported(1))
        await asyncio.wait({exported, running}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.gather(running, exported)
    assert stage.numbers == ["a"]
    assert logged[0]["channel"] == CHANNEL
    assert logged[0]["log_level"] == "error"
    assert (await stage.storage.stored("1")).request.state is ExportState.DUE


@in_event_loop
async def test_only_the_channels_asked_for_are_worked_on() -> None:
    stage = ExportStage()
    await stage.storage.place("1")
    await stage.storage.place_in(OTHER_CHANNEL, "2")
    await stage.exporter(channels=[OTHER_CHANNEL]).drain()
    assert stage.numbers == ["2"]
    assert await stage.storage.next_moment() == stage.clock.now()


@in_event_loop
async def test_nothing_is_claimed_while_the_gate_is_closed() -> None:
    stage = ExportStage()
    gate = ClosingGate(3, stage.clock)
    gate.closed = True
    await stage.storage.place(*NUMBERS)

    async def gate_of(channel: str) -> LaneGate:
        return gate

    exporter = stage.exporter(gate_of=gate_of)
    assert await exporter.drain() == 0
    assert {(await stage.storage.stored(number)).request.attempts for number in NUMBERS} == {0}
    gate.closed = False
    assert await exporter.drain() == len(NUMBERS)
    assert stage.numbers == NUMBERS
    assert stage.service.most_on_the_way == 3


@in_event_loop
async def test_what_was_claimed_when_the_gate_closed_waits_until_it_opens() -> None:
    stage = ExportStage()
    gate = ClosingGate(1, stage.clock)
    await stage.storage.place(*NUMBERS)
    first = stage.service.hold("00")

    async def gate_of(channel: str) -> LaneGate:
        return gate

    draining = asyncio.create_task(stage.exporter(gate_of=gate_of).drain())
    await first.reached.wait()
    gate.closed = True
    first.opened.set()
    await draining
    waiting = (await stage.storage.stored("01")).request
    assert (waiting.state, waiting.reason_code) == (ExportState.DUE, "export.endpoint_closed")
    assert waiting.due_at == stage.clock.now() + timedelta(minutes=1)
    assert (await stage.storage.stored(NUMBERS[-1])).request.attempts == 0
    assert stage.numbers == ["00"]


@in_event_loop
async def test_without_a_service_one_order_at_a_time_tells_why_and_the_rest_is_left_alone() -> None:
    stage = ExportStage()
    await stage.storage.place(*NUMBERS)

    async def no_service(channel: str) -> LaneGate:
        raise ConnectorError(f"No service is operational in {channel}.")

    async def refuse(channel: str) -> OrderExportService:
        raise ConnectorError(f"No service is operational in {channel}.")

    exporter, stop = stage.exporter(gate_of=no_service, resolve=refuse), asyncio.Event()
    running = asyncio.create_task(exporter.run(stop))
    await stage.until(lambda: bool(stage.results))
    stop.set()
    await running
    assert [result.whole_service for result in stage.results] == [True]
    assert (await stage.storage.stored(NUMBERS[0])).request.reason is not None
    assert {(await stage.storage.stored(number)).request.attempts for number in NUMBERS[1:]} == {0}


@in_event_loop
async def test_an_order_whose_workers_died_in_a_row_is_parked_and_its_neighbours_are_not() -> None:
    """Each worker dies as soon as it works on the poisonous order, with all that it had claimed."""
    stage = ExportStage()
    await stage.storage.place(*NUMBERS)
    poison = stage.service.hold("07")
    deaths = 0
    while (await stage.storage.stored("07")).request.state is not ExportState.PARKED:
        poison.reached.clear()
        worker = asyncio.create_task(stage.exporter(concurrency=10).drain())
        dies = asyncio.create_task(poison.reached.wait())
        await asyncio.wait({worker, dies}, return_when=asyncio.FIRST_COMPLETED)
        if dies.done():
            deaths += 1
            await stage.kill_workers()
        else:
            await worker
            await stage.kill_workers()
        stage.clock.advance(LEASE)
    parked = (await stage.storage.stored("07")).request
    assert (parked.reason_code, deaths) == (ABANDONED, 5)
    await stage.exporter().drain()
    assert stage.numbers == sorted({*NUMBERS} - {"07"})
    assert await stage.counts() == {"exported": len(NUMBERS) - 1, "parked": 1}


@pytest.mark.parametrize("channel", [CHANNEL, OTHER_CHANNEL])
@in_event_loop
async def test_a_paused_channel_is_left_alone_until_it_is_resumed(channel: str) -> None:
    stage = ExportStage()
    await stage.storage.place("1")
    await stage.storage.place_in(OTHER_CHANNEL, "2")
    stage.pause(channel)
    await stage.exporter().drain()
    assert stage.numbers == (["2"] if channel == CHANNEL else ["1"])
    stage.resume(channel)
    await stage.exporter().drain()
    assert stage.numbers == ["1", "2"]

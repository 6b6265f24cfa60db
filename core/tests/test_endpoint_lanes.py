"""Exporters behind the gates of an endpoint: what they send and leave alone when it is in trouble."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.jobs.exporter import Exporter
from iomconnector.model.endpoints import CircuitState, Endpoint, EndpointRule, EndpointState, Outcome
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import (
    OrderExportService,
    OrderNotExportableError,
    OutcomeUnclearError,
    Receipt,
)
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.export_stage import ExportStage
from iomconnector.testing.memory import (
    ManualClock,
    MemoryEndpointStates,
    MemoryOrderExportService,
    MemoryOrderManagement,
)
from iomconnector.testing.memory.moods import Mood
from iomconnector.testing.samples import placed_order, sample_order
from iomconnector.usecases.export_gates import ExportGates
from iomconnector.usecases.gate import Gate
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.watched_export_service import LatestFailure, WatchedExportService

NUMBERS = [f"{number:02}" for number in range(40)]
ENDPOINT = Endpoint("https://oms.example.com shop 10020", EndpointRule(concurrency=6, open_after=3))


class Processes:
    """Two processes that export the orders of one stage to one endpoint."""

    def __init__(self, stage: ExportStage) -> None:
        self.stage = stage
        self.states = MemoryEndpointStates()
        self.gates = [
            Gates(
                self.states,
                f"worker {number}",
                stage.clock,
                interval=0.01,
                monotonic=lambda: stage.clock.now().timestamp(),
            )
            for number in (1, 2)
        ]
        self.exporters = [self._exporter(gates.of(ENDPOINT)) for gates in self.gates]

    def _exporter(self, gate: Gate) -> Exporter:
        async def gate_of(channel: str) -> Gate:
            return gate

        latest = LatestFailure()

        async def resolve(channel: str) -> OrderExportService:
            return WatchedExportService(self.stage.service, gate, latest)

        return self.stage.exporter(gate_of=gate_of, resolve=resolve)

    async def drain(self) -> int:
        """Let both work off what is due; how many attempts they began."""
        return sum(await asyncio.gather(*(exporter.drain() for exporter in self.exporters)))

    async def state(self) -> EndpointState:
        """What is known of the endpoint."""
        [standing] = await self.states.all()
        return standing.state


@asynccontextmanager
async def processes() -> AsyncIterator[Processes]:
    """Two processes; both end in good order."""
    made = Processes(ExportStage())
    await made.stage.storage.place(*NUMBERS)
    yield made
    for gates in made.gates:
        await gates.aclose()
    [standing] = await made.states.all()
    assert standing.shares == ()


@in_event_loop
async def test_all_processes_together_send_no_more_than_allowed() -> None:
    async with processes() as made:
        await made.drain()
        assert made.stage.numbers == NUMBERS
        assert 1 < made.stage.service.most_on_the_way <= 6


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.IGNORING, Mood.FORBIDDING, Mood.FAILING])
@in_event_loop
async def test_an_endpoint_in_trouble_is_left_alone_and_tried_again(mood: Mood) -> None:
    async with processes() as made:
        stage = made.stage
        stage.management.mood = mood
        await made.drain()
        state = await made.state()
        assert state.circuit is CircuitState.OPEN
        tried = len(stage.service.submitted)
        assert 3 <= tried <= 2 * 3 + 6
        assert await made.drain() == 0
        for _ in range(3):
            assert state.open_until is not None
            stage.clock.advance_to(state.open_until)
            await made.drain()
            tried += 1
            assert len(stage.service.submitted) <= tried
            state = await made.state()
            assert state.circuit is CircuitState.OPEN
        assert state.openings == 4
        stage.management.mood = Mood.ACCEPTING
        stage.clock.advance(timedelta(minutes=10))
        for _ in range(3):
            await made.drain()
            stage.clock.advance(timedelta(minutes=10))
        assert stage.numbers == NUMBERS
        assert (await made.state()).circuit is CircuitState.CLOSED


@in_event_loop
async def test_orders_that_waited_for_the_endpoint_say_so() -> None:
    async with processes() as made:
        made.stage.management.mood = Mood.DOWN
        await made.drain()
        requests = [(await made.stage.storage.stored(number)).request for number in NUMBERS]
        waiting = [request for request in requests if request.reason_code == "export.endpoint_closed"]
        for request in waiting:
            assert request.due_at == made.stage.clock.now() + ENDPOINT.rule.pause
            assert (request.reason or "").startswith(
                "Nothing is sent to https://oms.example.com shop 10020 before 12:00:10 UTC. "
                "The last failure: Nobody listens for order "
            )
        assert waiting
        assert {request.failures for request in requests} == {0}


@in_event_loop
async def test_nothing_is_sent_before_the_time_that_the_endpoint_asked_for() -> None:
    async with processes() as made:
        stage = made.stage
        stage.management.mood, stage.management.throttled_for = Mood.THROTTLING, 60
        await made.drain()
        tried = len(stage.service.submitted)
        assert tried <= 6
        stage.clock.advance(timedelta(seconds=59))
        await made.drain()
        assert len(stage.service.submitted) == tried
        stage.management.mood = Mood.ACCEPTING
        stage.clock.advance(timedelta(seconds=1))
        for _ in range(3):
            await made.drain()
            stage.clock.advance(timedelta(minutes=5))
        assert stage.numbers == NUMBERS


@in_event_loop
async def test_refusals_of_orders_do_not_concern_the_endpoint() -> None:
    async with processes() as made:
        made.stage.management.mood = Mood.REFUSING
        assert await made.drain() == len(NUMBERS)
        assert await made.stage.counts() == {"parked": len(NUMBERS)}
        assert (await made.state()).circuit is CircuitState.CLOSED


@in_event_loop
async def test_a_service_that_somebody_changed_is_tried_at_once() -> None:
    stage, states = ExportStage(), MemoryEndpointStates()
    gates = Gates(states, "worker 1", stage.clock, interval=0.01)
    services = {channel: MemoryOrderExportService(stage.management) for channel in ("one", "other")}

    async def resolve(channel: str) -> OrderExportService:
        return services[channel]

    export_gates = ExportGates(resolve, gates)
    gate = await export_gates.gate("one")
    for _ in range(services["one"].endpoint.rule.open_after):
        gate.report(Outcome.FAILED, 0.1)
    assert await gate.permits() == 0
    assert await export_gates.gate("other") is gate
    assert await (await export_gates.gate("one")).permits() == 0, "another channel changes nothing"
    services["one"] = MemoryOrderExportService(stage.management)
    assert await export_gates.gate("one") is gate
    await gate.opened()
    service = await export_gates.service("one")
    assert service.endpoint == gate.endpoint
    await service.submit(placed_order(sample_order("4711")))
    assert stage.numbers == ["4711"]
    await gates.aclose()


class Watching:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Outcome, float, float | None, str | None]] = []
        self.circuit: CircuitState | None = None

    def report(
        self,
        outcome: Outcome,
        seconds: float,
        *,
        retry_after: float | None = None,
        code: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Keep it."""
        self.told.append((outcome, seconds, retry_after, code))

    @property
    def state(self) -> EndpointState | None:
        """What is known of the endpoint."""
        if self.circuit is None:
            return None
        known = EndpointState.unknown(ENDPOINT, ManualClock().now())
        return replace(known, circuit=self.circuit)


@pytest.mark.parametrize(
    ("circuit", "told"), [(None, 3), (CircuitState.CLOSED, 3), (CircuitState.HALF_OPEN, 5)]
)
@in_event_loop
async def test_an_order_that_fails_again_is_no_news_unless_it_is_the_probe(
    circuit: CircuitState | None, told: int
) -> None:
    management, watching, latest = MemoryOrderManagement(), Watching(), LatestFailure()
    watching.circuit = circuit
    management.mood = Mood.FAILING
    for number in ("poison", "poison", "poison", "other", "poison"):
        service = WatchedExportService(MemoryOrderExportService(management), watching, latest)
        with pytest.raises(OutcomeUnclearError):
            await service.submit(placed_order(sample_order(number)))
    assert [outcome for outcome, *_ in watching.told] == [Outcome.FAILED] * told
    management.mood = Mood.ACCEPTING
    await WatchedExportService(MemoryOrderExportService(management), watching, latest).submit(
        placed_order(sample_order("good"))
    )
    assert latest.number is None


@in_event_loop
async def test_an_answer_to_what_became_of_an_order_does_not_make_up_for_it() -> None:
    management, watching = MemoryOrderManagement(), Watching()
    management.mood = Mood.FAILING
    service = WatchedExportService(MemoryOrderExportService(management), watching)
    with pytest.raises(OutcomeUnclearError):
        await service.submit(placed_order(sample_order("4711")))
    management.mood = Mood.ACCEPTING
    assert await service.find(placed_order(sample_order("4711"))) is None
    assert [outcome for outcome, *_ in watching.told] == [Outcome.FAILED]


class HalfUp(MemoryOrderExportService):
    """Answers every question, and fails on the orders it is sent."""

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Fail."""
        raise OutcomeUnclearError(f"500 to order {placed.order.number}.")


@pytest.mark.parametrize(
    ("numbers", "circuit"), [(["poison"], CircuitState.CLOSED), (NUMBERS, CircuitState.OPEN)]
)
@in_event_loop
async def test_who_answers_questions_and_takes_no_orders_is_left_alone_but_not_for_one_order(
    numbers: list[str], circuit: CircuitState
) -> None:
    stage, states = ExportStage(), MemoryEndpointStates()
    service = HalfUp(stage.management)

    async def resolve(channel: str) -> OrderExportService:
        return service

    gates = Gates(
        states, "worker", stage.clock, interval=0.01, monotonic=lambda: stage.clock.now().timestamp()
    )
    export_gates = ExportGates(resolve, gates)
    exporter = stage.exporter(gate_of=export_gates.gate, resolve=export_gates.service)
    await stage.storage.place(*numbers)
    for _ in range(12):
        await exporter.drain()
        stage.clock.advance(timedelta(seconds=1))
    await gates.aclose()
    [standing] = await states.all()
    assert standing.state.circuit is circuit


MEANINGS = {
    Mood.ACCEPTING: (Outcome.ANSWERED, 2.0, None, None),
    Mood.REFUSING: (Outcome.ANSWERED, 2.0, None, None),
    Mood.FAILING: (Outcome.FAILED, 2.0, None, "export.outcome_unclear"),
    Mood.DOWN: (Outcome.FAILED, 2.0, None, "export.unavailable"),
    Mood.FORBIDDING: (Outcome.FAILED, 2.0, None, "export.unavailable"),
    Mood.THROTTLING: (Outcome.THROTTLED, 2.0, 60, "export.unavailable"),
}


@pytest.mark.parametrize("mood", MEANINGS)
@in_event_loop
async def test_what_a_service_says_is_told_with_the_time_it_took(mood: Mood) -> None:
    management, watching, moments = MemoryOrderManagement(), Watching(), iter((10.0, 12.0))
    management.mood, management.throttled_for = mood, 60
    service = WatchedExportService(
        MemoryOrderExportService(management), watching, monotonic=lambda: next(moments)
    )
    await asyncio.gather(service.submit(placed_order(sample_order("4711"))), return_exceptions=True)
    assert watching.told == [MEANINGS[mood]]


@in_event_loop
async def test_what_was_not_sent_is_not_told() -> None:
    watching = Watching()
    service = WatchedExportService(MemoryOrderExportService(MemoryOrderManagement()), watching)
    unexportable = placed_order(
        sample_order(payments=[{"service_id": "ISH_INVOICE"}, {"service_id": "ISH_GIFT_CARD"}])
    )
    with pytest.raises(OrderNotExportableError):
        await service.submit(unexportable)
    assert watching.told == []
    assert await service.find(placed_order(sample_order("4711"))) is None
    assert [outcome for outcome, *_ in watching.told] == [Outcome.ANSWERED]

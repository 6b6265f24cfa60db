"""The way to an endpoint in one process: permits, turns, reports, and a time when nobody can be asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from iomconnector.errors import StorageError
from iomconnector.model.endpoint_shares import Admission, Demand
from iomconnector.model.endpoints import CircuitState, Endpoint, EndpointRule, Outcome, Report
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock, MemoryEndpointStates
from iomconnector.usecases.gate import Gate
from iomconnector.usecases.gate_closed import GateClosedError
from iomconnector.usecases.gates import Gates

RULE = EndpointRule(concurrency=6, open_after=3)
ENDPOINT = Endpoint("https://oms.example.com shop 10020", RULE)
LEASE = timedelta(seconds=30)
INTERVAL = 0.01


class FrailStates(MemoryEndpointStates):
    """States that cannot be reached where a test says so, and count how often they were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.syncs = 0
        self.slow: asyncio.Event | None = None

    async def sync(
        self,
        endpoint: Endpoint,
        worker: str,
        report: Report,
        demand: Demand,
        *,
        now: datetime,
        lease: timedelta,
    ) -> Admission:
        """Report and ask."""
        self.syncs += 1
        if self.away:
            raise StorageError("The database is away.")
        admission = await super().sync(endpoint, worker, report, demand, now=now, lease=lease)
        if self.slow is not None:
            await self.slow.wait()
        return admission


@dataclass
class Stage:
    """Processes that send to one endpoint."""

    states: FrailStates = field(default_factory=FrailStates)
    clock: ManualClock = field(default_factory=ManualClock)
    processes: list[Gates] = field(default_factory=list)
    moment: float = 1000.0

    def gate(self, endpoint: Endpoint = ENDPOINT) -> Gate:
        """The gate of one more process."""
        gates = Gates(
            self.states,
            f"worker {len(self.processes)}",
            self.clock,
            lease=LEASE,
            interval=INTERVAL,
            monotonic=lambda: self.moment,
        )
        self.processes.append(gates)
        return gates.of(endpoint)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.clock.advance(by)
        self.moment += by.total_seconds()

    async def circuit(self) -> CircuitState:
        """Where the circuit stands for all."""
        [standing] = await self.states.all()
        return standing.state.circuit

    async def held(self) -> int:
        """How many permits are held."""
        return sum(share.permits for standing in await self.states.all() for share in standing.shares)


@asynccontextmanager
async def stage(clock: ManualClock | None = None) -> AsyncIterator[Stage]:
    """Processes; all of them end."""
    made = Stage(clock=clock or ManualClock())
    try:
        yield made
    finally:
        made.states.away = False
        for gates in made.processes:
            await gates.aclose()
        for standing in await made.states.all():
            assert standing.shares == ()


class Requests:
    """Requests that stay under way until a test ends them."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.begun: list[int] = []
        self._ends: dict[int, asyncio.Event] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def begin(self, *numbers: int) -> None:
        """Begin requests."""
        for number in numbers:
            self._ends[number] = asyncio.Event()
            self._tasks[number] = asyncio.create_task(self._request(number))

    async def _request(self, number: int) -> None:
        async with self.gate.entered():
            self.begun.append(number)
            await self._ends[number].wait()
            self.gate.report(Outcome.ANSWERED, 0.01)

    async def end(self, *numbers: int) -> None:
        """Let requests end."""
        for number in numbers:
            self._ends[number].set()
            await self._tasks.pop(number)

    def task(self, number: int) -> "asyncio.Task[None]":
        """The task of a request."""
        return self._tasks[number]

    async def cancel(self) -> None:
        """End them all."""
        for task in self._tasks.values():
            task.cancel()
        for task in self._tasks.values():
            with suppress(asyncio.CancelledError, GateClosedError):
                await task


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.001)


async def fail(gate: Gate, times: int = 1) -> None:
    """Requests that fail one after the other."""
    for _ in range(times):
        async with gate.entered():
            gate.report(Outcome.FAILED, 0.01, code="export.unavailable", reason="Connection refused.")


@in_event_loop
async def test_no_more_are_under_way_than_allowed_and_turns_come_in_order() -> None:
    async with stage() as made:
        requests = Requests(made.gate())
        requests.begin(*range(10))
        await until(lambda: len(requests.begun) == 6)
        await requests.end(3)
        await until(lambda: len(requests.begun) == 7)
        await requests.end(1, 2)
        await until(lambda: len(requests.begun) == 9)
        assert requests.begun == list(range(9))
        assert requests.gate.under_way == 6
        await requests.end(0, *range(4, 10))
        assert requests.begun == list(range(10))


@in_event_loop
async def test_it_says_how_many_more_may_enter() -> None:
    async with stage() as made:
        gate = made.gate()
        assert gate.free == 0
        assert await gate.permits() == gate.free == 4
        async with gate.entered():
            assert (gate.free, gate.under_way) == (3, 1)
        assert gate.free == 4


@in_event_loop
async def test_it_gets_more_as_soon_as_more_wait() -> None:
    async with stage() as made:
        gate = made.gate()
        requests = Requests(gate)
        requests.begin(*range(6))
        await until(lambda: len(requests.begun) == 6)
        assert made.states.syncs <= 4
        await requests.cancel()


@in_event_loop
async def test_a_turn_that_nobody_waits_for_any_more_goes_to_the_next() -> None:
    async with stage() as made:
        requests = Requests(made.gate())
        requests.begin(*range(9))
        await until(lambda: len(requests.begun) == 6)
        requests.task(6).cancel()
        requests._ends[0].set()
        await requests.task(0)
        requests.task(7).cancel()
        await until(lambda: 8 in requests.begun)
        assert requests.gate.under_way == 6
        await requests.cancel()
        assert requests.gate.under_way == 0


@in_event_loop
async def test_two_processes_never_have_more_under_way_than_allowed_and_both_get_their_part() -> None:
    async with stage() as made:
        one, other = Requests(made.gate()), Requests(made.gate())
        one.begin(*range(12))
        await until(lambda: len(one.begun) == 6)
        other.begin(*range(3))
        ended = 0
        while len(other.begun) < 3:
            assert one.gate.under_way + other.gate.under_way <= 6
            if ended < 9 and len(one.begun) > ended:
                await one.end(ended)
                ended += 1
            await asyncio.sleep(0)
        await until(lambda: one.gate.under_way == 3)
        assert other.gate.under_way == 3
        await one.cancel()
        await other.cancel()


@in_event_loop
async def test_who_uses_nothing_any_more_gives_all_back() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        made.advance(timedelta(seconds=11))
        gate.refresh()
        await until(lambda: not gate._pace.running)
        assert await made.held() == 0


@in_event_loop
async def test_failures_open_the_circuit_for_all_and_one_probes() -> None:
    async with stage() as made:
        one, other = made.gate(), made.gate()
        await other.permits()
        await fail(one, 3)
        await until(lambda: one.free == 0)
        other.refresh()
        await until(lambda: other.free == 0)
        assert await made.circuit() is CircuitState.OPEN
        with pytest.raises(GateClosedError, match=r"before 12:00:10 UTC\. The last failure: Connection"):
            await fail(other)
        made.advance(RULE.pause)
        assert sorted([await one.permits(), await other.permits()]) == [0, 1]
        prober, waiting = (one, other) if one.free else (other, one)
        with pytest.raises(GateClosedError):
            await fail(waiting)
        async with prober.entered():
            prober.report(Outcome.ANSWERED, 0.01)
        await until(lambda: prober.state is not None and prober.state.circuit is CircuitState.CLOSED)
        assert await made.circuit() is CircuitState.CLOSED
        await waiting.opened()


@in_event_loop
async def test_those_who_wait_are_sent_away_when_the_circuit_opens() -> None:
    async with stage() as made:
        requests = Requests(made.gate())
        requests.begin(*range(8))
        await until(lambda: len(requests.begun) == 6)
        for _ in range(3):
            requests.gate.report(Outcome.FAILED, 0.01)
        with pytest.raises(GateClosedError) as told:
            await requests.task(7)
        assert told.value.until == made.clock.now() + RULE.pause
        assert requests.gate.under_way == 6
        await requests.end(*range(6))
        await requests.cancel()


@in_event_loop
async def test_a_time_to_wait_is_kept_at_once_even_where_nobody_can_be_asked() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        made.states.away = True
        gate.report(Outcome.THROTTLED, 0.01, retry_after=7)
        with pytest.raises(GateClosedError) as told:
            await fail(gate)
        assert told.value.until == made.clock.now() + timedelta(seconds=7)
        made.states.away = False
        await until(lambda: gate.state is not None and gate.state.wait_until is not None)
        other = made.gate()
        assert await other.permits() == 0
        made.advance(timedelta(seconds=7))
        assert sorted([await gate.permits(), await other.permits()]) == [1, 2]
        assert gate.state is not None
        assert gate.state.limit == 3


class CorrectedClock(ManualClock):
    """A clock that somebody puts right."""

    def correct(self, by: timedelta) -> None:
        """Move it on or back."""
        self._now += by


@pytest.mark.parametrize("by", [timedelta(days=400), -timedelta(days=400)])
@in_event_loop
async def test_a_clock_that_somebody_corrects_does_not_prolong_a_pause(by: timedelta) -> None:
    clock = CorrectedClock()
    async with stage(clock) as made:
        gate = made.gate()
        await fail(gate, 3)
        await until(lambda: gate.state is not None and gate.state.circuit is CircuitState.OPEN)
        clock.correct(by)
        with pytest.raises(GateClosedError) as told:
            await fail(gate)
        assert told.value.until == clock.now() + RULE.pause
        asked = made.states.syncs
        await gate.permits()
        await until(lambda: made.states.syncs > asked)
        if by < timedelta(0):
            made.advance(RULE.pause)
        assert await gate.permits() == 1


@in_event_loop
async def test_slow_answers_lower_the_limit_once() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        made.advance(timedelta(seconds=20))
        for _ in range(6):
            gate.report(Outcome.ANSWERED, 15)
        await gate.opened()
        await until(lambda: gate.state is not None and gate.state.limit == 3)
        made.advance(timedelta(seconds=5))
        gate.report(Outcome.ANSWERED, 12)
        gate.report(Outcome.FAILED, 14)
        await until(lambda: gate.state is not None and gate.state.failures == 1)
        assert gate.state is not None
        assert gate.state.limit == 3


@in_event_loop
async def test_it_goes_on_with_its_permits_until_their_lease_ends() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        made.states.away = True
        made.advance(LEASE - timedelta(seconds=1))
        await fail(gate)
        assert await gate.permits() == 4
        made.advance(timedelta(seconds=1))
        assert await gate.permits() == 0
        entering = asyncio.create_task(fail(gate))
        asked = made.states.syncs
        await until(lambda: made.states.syncs > asked + 3)
        assert not entering.done()
        made.states.away = False
        await entering
        await until(lambda: gate.state is not None and gate.state.failures == 2)


@in_event_loop
async def test_what_was_seen_while_nobody_could_be_asked_is_reported_later() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        made.states.away = True
        await fail(gate, 2)
        asked = made.states.syncs
        gate.refresh()
        await until(lambda: made.states.syncs > asked)
        made.states.away = False
        await fail(gate)
        await until(lambda: gate.state is not None and gate.state.circuit is CircuitState.OPEN)


@in_event_loop
async def test_nothing_begun_while_it_asks_is_more_than_it_told() -> None:
    async with stage() as made:
        one, other = Requests(made.gate()), Requests(made.gate())
        assert await one.gate.permits() == 4
        made.states.slow = asyncio.Event()
        asked = made.states.syncs
        one.gate.refresh()
        await until(lambda: made.states.syncs > asked)
        one.begin(*range(8))
        await until(lambda: len(one.begun) == 4)
        other.begin(*range(8))
        await until(lambda: made.states.syncs > asked + 1)
        assert await made.held() <= 6
        made.states.slow.set()
        await until(lambda: one.gate.under_way + other.gate.under_way == 6)
        await one.cancel()
        await other.cancel()


@in_event_loop
async def test_many_failures_at_once_ask_the_others_a_few_times() -> None:
    async with stage() as made:
        gate = made.gate(Endpoint("slow to agree", RULE))
        await gate.permits()
        asked = made.states.syncs
        for _ in range(50):
            gate.report(Outcome.FAILED, 0.01)
            gate.report(Outcome.THROTTLED, 0.01, retry_after=60)
        await until(lambda: gate.state is not None and gate.state.circuit is CircuitState.OPEN)
        for _ in range(50):
            gate.report(Outcome.FAILED, 0.01)
        assert made.states.syncs <= asked + 3
        assert gate.state is not None
        assert gate.state.openings == 1
        assert gate.state.limit == 3


@in_event_loop
async def test_a_reset_is_noticed_by_this_process_and_the_others() -> None:
    async with stage() as made:
        one, other = made.gate(), made.gate()
        await other.permits()
        await fail(one, 3)
        await until(lambda: one.free == 0)
        other.refresh()
        await until(lambda: other.free == 0)
        opened = [asyncio.create_task(gate.opened()) for gate in (one, other)]
        assert await made.processes[0].reset(ENDPOINT.name)
        assert not await made.processes[0].reset("unknown")
        await asyncio.gather(*opened)


@in_event_loop
async def test_what_is_not_reported_yet_is_reported_at_the_end() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        gate.report(Outcome.FAILED, 0.01, code="export.unavailable", reason="Gone.")
        await made.processes[0].aclose()
        [standing] = await made.states.all()
        assert (standing.state.failures, standing.state.last_reason) == (1, "Gone.")
        assert standing.shares == ()


@in_event_loop
async def test_a_gate_that_is_not_used_asks_nobody() -> None:
    async with stage() as made:
        gate = made.gate()
        gate.refresh()
        assert gate.state is None
        assert made.states.syncs == 0
        assert not gate._pace.running


@in_event_loop
async def test_a_changed_rule_holds_from_now_on() -> None:
    async with stage() as made:
        gate = made.gate()
        await gate.permits()
        narrow = Endpoint(ENDPOINT.name, EndpointRule(concurrency=1))
        assert made.processes[0].of(narrow) is gate
        gate.refresh()
        await until(lambda: gate.free == 1)
        assert list(made.processes[0].all()) == [gate]

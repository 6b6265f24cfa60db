"""Workers that share an endpoint, whatever they do in whatever order, and whoever dies or loses an answer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from iomconnector.model.endpoint_shares import Admission, Demand, Standing, fair_shares
from iomconnector.model.endpoints import (
    LONGEST_WAIT,
    NOTHING,
    CircuitState,
    Endpoint,
    EndpointRule,
    EndpointState,
    Report,
)
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.samples import NOON

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
DURATIONS = st.sampled_from(
    [timedelta(0), SECOND, 5 * SECOND, 10 * SECOND, LEASE, 2 * LEASE, timedelta(hours=2)]
)
JUMPS = st.sampled_from(
    [sign * by for sign in (1, -1) for by in (LEASE, timedelta(hours=3), timedelta(days=400))]
)


@dataclass
class Asking:
    """A question to the others that is under way."""

    report: Report
    demand: Demand
    began: timedelta
    tells_of_old: bool
    answer: Admission | None = None


@dataclass
class Worker:
    """A process that keeps to what it is told. Requests are kept with the circuit at the time they began."""

    name: str
    wanted: int = 0
    permits: int = 0
    valid_until: timedelta = timedelta(0)
    told: CircuitState = CircuitState.CLOSED
    requests: list[CircuitState] = field(default_factory=list)
    report: Report = NOTHING
    saw_old: bool = False
    asking: Asking | None = None

    def usable(self, moment: timedelta) -> int:
        """How many requests may be under way."""
        return self.permits if moment < self.valid_until else 0

    def saw(self, outcome: str, retry_after: timedelta) -> None:
        """Remember what became of a request."""
        before = self.report
        if outcome == "answered":
            self.report = Report(
                before.successes + 1, 0, before.throttled, before.retry_after, before.overloaded
            )
        elif outcome == "slow":
            self.report = Report(before.successes + 1, 0, before.throttled, before.retry_after, SECOND)
        elif outcome == "failed":
            self.report = Report(
                before.successes,
                before.failures + 1,
                before.throttled,
                before.retry_after,
                before.overloaded,
                "x",
            )
        else:
            self.report = Report(before.successes, before.failures, before.throttled + 1, retry_after, SECOND)


class EndpointMachine(RuleBasedStateMachine):
    """Nobody sends more than allowed, one probes, and work always goes on in the end."""

    @initialize(concurrency=st.integers(1, 5), open_after=st.integers(1, 3), workers=st.integers(1, 4))
    def begin(self, concurrency: int, open_after: int, workers: int) -> None:
        """Some workers and an endpoint."""
        self.endpoint = Endpoint("oms", EndpointRule(concurrency, open_after, longest_pause=60 * SECOND))
        self.now: datetime = NOON
        self.moment = timedelta(0)
        self.standing = Standing(EndpointState.unknown(self.endpoint, NOON))
        self.workers = [Worker(f"worker {number}") for number in range(workers)]
        self.began = workers

    def _deliver(self, worker: Worker) -> Admission:
        asking = worker.asking
        assert asking is not None
        before = self.standing
        self.standing, answer = self.standing.synced(
            self.endpoint, worker.name, asking.report, asking.demand, self.now, LEASE
        )
        state = self.standing.state
        own = next((share.permits for share in before.shares if share.worker == worker.name), 0)
        live = sum(
            share.permits
            for share in before.shares
            if share.worker != worker.name and share.lease_until > self.now
        )
        assert answer.permits <= min(max(asking.demand.wanted, 0), self.endpoint.rule.concurrency)
        if answer.permits > min(own, asking.demand.held):
            assert answer.permits + live <= state.limit
        if state.available_at(self.now) is not None:
            assert answer.permits == 0
        if state.circuit is not CircuitState.CLOSED:
            assert answer.permits <= (state.prober == worker.name)
        if before.state.circuit is CircuitState.HALF_OPEN and before.state.prober == worker.name:
            assert not asking.tells_of_old, "only the probe decides"
            if asking.report.failures:
                assert state.circuit is CircuitState.OPEN
                assert state.openings == before.state.openings + 1
            elif asking.report.successes:
                assert state.circuit is CircuitState.CLOSED
        asking.answer = answer
        return answer

    def _ask(self, worker: Worker) -> None:
        demand = Demand(
            max(worker.wanted, len(worker.requests)), len(worker.requests), worker.usable(self.moment)
        )
        worker.asking = Asking(worker.report, demand, self.moment, worker.saw_old)
        worker.report, worker.saw_old = NOTHING, False

    def _hear(self, worker: Worker) -> None:
        asking = worker.asking
        assert asking is not None
        assert asking.answer is not None
        worker.permits = asking.answer.permits
        worker.valid_until = asking.began + asking.answer.valid_for
        worker.told = asking.answer.state.circuit
        worker.asking = None

    def _sync(self, worker: Worker, wanted: int) -> None:
        worker.wanted = wanted
        if worker.asking is None:
            self._ask(worker)
        if worker.asking is not None and worker.asking.answer is None:
            self._deliver(worker)
        self._hear(worker)

    @rule(data=st.data(), wanted=st.integers(0, 7))
    def ask(self, data: st.DataObject, wanted: int) -> None:
        """Somebody begins to ask."""
        worker = data.draw(st.sampled_from(self.workers))
        worker.wanted = wanted
        if worker.asking is None:
            self._ask(worker)

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """A question arrives."""
        worker = data.draw(st.sampled_from(self.workers))
        if worker.asking is not None and worker.asking.answer is None:
            self._deliver(worker)

    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        """An answer arrives."""
        worker = data.draw(st.sampled_from(self.workers))
        if worker.asking is not None and worker.asking.answer is not None:
            self._hear(worker)

    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        """A question or an answer is lost."""
        worker = data.draw(st.sampled_from(self.workers))
        if worker.asking is not None:
            worker.report = worker.asking.report
            worker.saw_old = worker.asking.tells_of_old and worker.asking.answer is None
            worker.asking = None

    @rule(data=st.data(), wanted=st.integers(0, 7))
    def sync(self, data: st.DataObject, wanted: int) -> None:
        """Somebody asks and hears the answer."""
        self._sync(data.draw(st.sampled_from(self.workers)), wanted)

    @rule(data=st.data(), count=st.integers(1, 5))
    def send(self, data: st.DataObject, count: int) -> None:
        """Somebody begins requests."""
        worker = data.draw(st.sampled_from(self.workers))
        while count and len(worker.requests) < worker.usable(self.moment):
            worker.requests.append(worker.told)
            count -= 1

    @rule(
        data=st.data(),
        outcome=st.sampled_from(["answered", "failed", "failed", "slow", "throttled"]),
        retry_after=st.sampled_from([SECOND, 10 * SECOND, timedelta(days=9)]),
    )
    def end(self, data: st.DataObject, outcome: str, retry_after: timedelta) -> None:
        """A request ends."""
        worker = data.draw(st.sampled_from(self.workers))
        if worker.requests:
            worker.saw_old = worker.requests.pop(0) is CircuitState.CLOSED or worker.saw_old
            worker.saw(outcome, retry_after)

    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        """Somebody dies with all that was under way, and another begins."""
        place = data.draw(st.integers(0, len(self.workers) - 1))
        self.workers[place] = Worker(f"worker {self.began}")
        self.began += 1

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """Somebody ends in good order, and another begins."""
        place = data.draw(st.integers(0, len(self.workers) - 1))
        worker = self.workers[place]
        if not worker.requests and worker.asking is None:
            self.standing = self.standing.without(worker.name)
            self.workers[place] = Worker(f"worker {self.began}")
            self.began += 1

    @rule(by=DURATIONS)
    def wait(self, by: timedelta) -> None:
        """Time passes; a request never outlives the lease under which it was begun."""
        for worker in self.workers:
            if self.moment + by >= worker.valid_until:
                worker.requests.clear()
        self.moment += by
        self.now += by

    @rule()
    def reset(self) -> None:
        """An operator mended the endpoint."""
        for worker in self.workers:
            worker.requests.clear()
            worker.permits = 0
            worker.asking = None
        self.standing = Standing(self.standing.state.reset(self.now), self.standing.shares)
        assert self.standing.state.available_at(self.now) is None

    @rule(by=JUMPS)
    def jump(self, by: timedelta) -> None:
        """The clock is put forward or back: it takes three questions of each until all is well again."""
        self.now += by
        for worker in self.workers:
            worker.requests.clear()
            worker.asking = None
        for _ in range(3):
            for worker in self.workers:
                self._sync(worker, 5)
        self._is_healthy()
        assert sum(worker.permits for worker in self.workers) <= self.standing.state.limit

    def _is_healthy(self) -> None:
        state = self.standing.state
        if state.circuit is CircuitState.OPEN:
            assert state.open_until is not None
            assert state.open_until - self.now <= self.endpoint.rule.pause_of(state.openings)
        assert state.wait_until is None or state.wait_until - self.now <= LONGEST_WAIT
        for share in self.standing.shares:
            assert share.lease_until - self.now <= 2 * LEASE

    @precondition(lambda self: self.workers)
    @rule()
    def recover(self) -> None:
        """The endpoint works again and the dead are forgotten: soon everybody sends."""
        for worker in self.workers:
            worker.requests.clear()
            worker.asking = None
            worker.report = NOTHING
        self.wait(2 * LEASE)
        for _ in range(4):
            for worker in self.workers:
                self._sync(worker, 5)
                if worker.permits:
                    worker.saw("answered", SECOND)
            until = self.standing.state.available_at(self.now)
            if until is not None:
                self.wait(until - self.now)
        for _ in range(3):
            for worker in self.workers:
                self._sync(worker, 5)
        state = self.standing.state
        assert state.circuit is CircuitState.CLOSED
        permits = [worker.permits for worker in self.workers]
        assert sum(permits) == min(state.limit, 5 * len(self.workers))
        assert max(permits) - min(permits) <= 1

    @invariant()
    def the_limit_is_kept(self) -> None:
        """By those that live and what is kept for the dead."""
        state, rule_ = self.standing.state, self.endpoint.rule
        assert 1 <= state.limit <= rule_.concurrency
        kept = {share.worker: share.permits for share in self.standing.shares if share.lease_until > self.now}
        assert sum(kept.values()) <= rule_.concurrency
        for worker in self.workers:
            assert len(worker.requests) <= kept.get(worker.name, 0)
        assert sum(len(worker.requests) for worker in self.workers) <= rule_.concurrency

    @invariant()
    def one_probes(self) -> None:
        """Of the requests that were begun while the circuit was half-open one is under way."""
        probes = [
            worker.name
            for worker in self.workers
            for told in worker.requests
            if told is CircuitState.HALF_OPEN
        ]
        assert len(probes) <= 1


EndpointMachine.TestCase.settings = examples(150, steps=60)
TestEndpoint = EndpointMachine.TestCase


@given(st.integers(0, 50), st.dictionaries(st.text(max_size=3), st.integers(0, 60), max_size=8))
@example(1, {"a": 5, "b": 5})
def test_shares_are_fair(limit: int, wanted: dict[str, int]) -> None:
    shares = fair_shares(limit, wanted)
    assert shares.keys() == wanted.keys()
    assert sum(shares.values()) == min(limit, sum(wanted.values()))
    for worker, share in shares.items():
        assert 0 <= share <= wanted[worker]
        if share < wanted[worker]:
            assert all(other <= share + 1 for other in shares.values())


@given(st.integers(-5, 2000), st.integers(1, 10_000), st.integers(1, 10_000))
def test_pauses_double_up_to_the_longest(opening: int, pause: int, longest: int) -> None:
    rule_ = EndpointRule(pause=timedelta(seconds=pause), longest_pause=timedelta(seconds=longest))
    assert rule_.pause_of(1) == timedelta(seconds=min(pause, longest))
    assert rule_.pause_of(opening) <= rule_.longest_pause
    assert rule_.pause_of(opening + 1) == min(2 * rule_.pause_of(opening), rule_.longest_pause) or opening < 1


@pytest.mark.parametrize(
    "values", [{"concurrency": 0}, {"open_after": 0}, {"pause": timedelta(0)}, {"slow_after": -SECOND}]
)
def test_a_rule_that_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    [name] = values
    with pytest.raises(ValueError, match=f"{name} of an endpoint must be"):
        EndpointRule(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "n" * 501])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 500 characters"):
        Endpoint(name)

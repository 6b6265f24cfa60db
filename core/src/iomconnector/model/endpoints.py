"""How a system that requests go to fares: whether it answers, how much it bears, when to ask again."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_WAIT = timedelta(days=1)
"""Longer than this no endpoint is obeyed that asks to wait."""

LOWERED_AT_MOST_EVERY = timedelta(seconds=1)

CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""The clocks of machines that work together are expected to differ by less."""

LONGEST_NAME = 500
LONGEST_CODE = 100
LONGEST_REASON = 2000
"""What is kept of the last failure, in characters."""


@dataclass(frozen=True, slots=True)
class EndpointRule:
    """How an endpoint is treated.

    Arguments:
        concurrency: So many requests at a time at most, of all processes together; at least 1.
        open_after: So many failures one after the other open the circuit; at least 1.
        pause: How long it stays open the first time; twice as long after each probe that fails.
        longest_pause: It never stays open longer.
        slow_after: An answer that takes longer is a sign of overload.

    Raises:
        ValueError: A number is too small, or a duration is not positive.
    """

    concurrency: int = 20
    open_after: int = 5
    pause: timedelta = timedelta(seconds=10)
    longest_pause: timedelta = timedelta(seconds=300)
    slow_after: timedelta = timedelta(seconds=10)

    def __post_init__(self) -> None:
        for name in ("concurrency", "open_after"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} of an endpoint must be at least 1, and is {getattr(self, name)}")
        for name in ("pause", "longest_pause", "slow_after"):
            if getattr(self, name) <= timedelta(0):
                raise ValueError(f"{name} of an endpoint must be longer than 0, and is {getattr(self, name)}")

    def pause_of(self, opening: int) -> timedelta:
        """How long the circuit stays open.

        Arguments:
            opening: 1 where it was closed before, one more for each probe that failed since then.
        """
        seconds = self.pause.total_seconds() * 2 ** min(max(opening - 1, 0), 64)
        return timedelta(seconds=min(seconds, self.longest_pause.total_seconds()))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A system that requests go to. Whoever has the same name shares what the endpoint bears.

    Arguments:
        name: What tells it from others: its address, and what it keeps apart within (a shop). At most 500
            characters; shown to operators, so without secrets.
        rule: How it is treated.

    Raises:
        ValueError: The name is empty or too long.
    """

    name: str
    rule: EndpointRule = field(default_factory=EndpointRule)

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= LONGEST_NAME:
            raise ValueError(
                f"the name of an endpoint has 1 to {LONGEST_NAME} characters, not {len(self.name)}"
            )


class CircuitState(StrEnum):
    """Whether requests go to an endpoint."""

    CLOSED = "closed"
    """They do."""
    OPEN = "open"
    """They do not: it failed too often."""
    HALF_OPEN = "half-open"
    """One does, to see whether it answers again."""


class Outcome(StrEnum):
    """What became of a request, as far as it concerns the endpoint."""

    ANSWERED = "answered"
    """The endpoint works, whatever it said about this one order."""
    FAILED = "failed"
    """No connection, no answer, an error of the server, or a refusal of everybody."""
    THROTTLED = "throttled"
    """The endpoint has too much to do, or is away for a while."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one worker saw of an endpoint since its last report.

    Arguments:
        successes: Requests that were answered, whatever the answer said about the order.
        failures: Requests that failed one after the other since the last that was answered: no connection,
            no answer, an error of the server, a refusal of everybody (credentials, rights).
        throttled: Requests that the endpoint turned away with the time after which to come back.
        retry_after: The longest such time; none where there was none.
        overloaded: How long ago the latest of those requests began that took too long or were too many; none
            where there was none.
        code: The last failure as a code.
        reason: The last failure as a sentence.
    """

    successes: int = 0
    failures: int = 0
    throttled: int = 0
    retry_after: timedelta | None = None
    overloaded: timedelta | None = None
    code: str | None = None
    reason: str | None = None


NOTHING = Report()


@dataclass(frozen=True, slots=True)
class EndpointState:
    """What is known of an endpoint, by all its workers together.

    Arguments:
        name: The endpoint's name.
        limit: So many requests at a time it bears, as far as is known; 1 or more.
        updated_at: When a worker last reported or asked.
        circuit: Whether requests go to it.
        failures: How many failed one after the other.
        openings: How often the circuit opened since it was last closed.
        open_until: When the first probe may go.
        wait_until: The endpoint asked for no request before this time.
        successes: Answers in time since the limit was last changed.
        lowered_at: When the limit was last lowered.
        prober: The worker that may probe.
        probe_until: Until when nobody else may.
        last_code: The last failure as a code.
        last_reason: The last failure as a sentence.
        last_failure_at: When it was reported.
    """

    name: str
    limit: int
    updated_at: datetime
    circuit: CircuitState = CircuitState.CLOSED
    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None
    wait_until: datetime | None = None
    successes: int = 0
    lowered_at: datetime | None = None
    prober: str | None = None
    probe_until: datetime | None = None
    last_code: str | None = None
    last_reason: str | None = None
    last_failure_at: datetime | None = None

    @classmethod
    def unknown(cls, endpoint: Endpoint, now: datetime) -> "EndpointState":
        """That of an endpoint of which nothing is known: it bears what its rule allows."""
        return cls(endpoint.name, endpoint.rule.concurrency, now)

    def available_at(self, now: datetime) -> datetime | None:
        """Until when nobody may send anything; none where that time has come."""
        opens = self.open_until if self.circuit is CircuitState.OPEN else None
        moment = max((each for each in (opens, self.wait_until) if each is not None), default=None)
        return moment if moment is not None and moment > now else None

    def after(self, report: Report, rule: EndpointRule, now: datetime, *, worker: str) -> "EndpointState":
        """The state after a worker's report."""
        state = self._healed(rule, now)
        if report == NOTHING:
            return state
        return (
            state._remembering(report, now)._adapted(report, rule, now)._switched(report, rule, now, worker)
        )

    def reset(self, now: datetime) -> "EndpointState":
        """The state after somebody mended the endpoint: requests go to it at once.

        How much it bears, and its last failure, stay.
        """
        return EndpointState(
            self.name,
            self.limit,
            now,
            lowered_at=self.lowered_at,
            last_code=self.last_code,
            last_reason=self.last_reason,
            last_failure_at=self.last_failure_at,
        )

    def _healed(self, rule: EndpointRule, now: datetime) -> "EndpointState":
        """Without times that only a clock that was wrong, or another rule, can explain."""
        state = self
        if self.updated_at - now > CLOCKS_DIFFER_BY:
            state = state._moved(now - self.updated_at)
        open_until, wait_until = state.open_until, state.wait_until
        if open_until is not None:
            open_until = min(open_until, now + rule.pause_of(state.openings))
        if wait_until is not None:
            wait_until = min(wait_until, now + LONGEST_WAIT) if wait_until > now else None
        return replace(
            state,
            limit=max(1, min(state.limit, rule.concurrency)),
            open_until=open_until,
            wait_until=wait_until,
            updated_at=now,
        )

    def _moved(self, by: timedelta) -> "EndpointState":
        def moved(moment: datetime | None) -> datetime | None:
            return None if moment is None else moment + by

        return replace(
            self,
            open_until=moved(self.open_until),
            wait_until=moved(self.wait_until),
            lowered_at=moved(self.lowered_at),
            probe_until=moved(self.probe_until),
        )

    def _remembering(self, report: Report, now: datetime) -> "EndpointState":
        state = self
        if report.reason is not None or report.code is not None:
            state = replace(
                state,
                last_code=None if report.code is None else report.code[:LONGEST_CODE],
                last_reason=None if report.reason is None else report.reason[:LONGEST_REASON],
                last_failure_at=now,
            )
        if report.retry_after is None:
            return state
        until = now + min(report.retry_after, LONGEST_WAIT)
        return replace(state, wait_until=max(until, state.wait_until or until))

    def _adapted(self, report: Report, rule: EndpointRule, now: datetime) -> "EndpointState":
        """Halve the limit where it was too much, raise it by one after so many answers in time.

        An answer whose request began before the limit was last lowered tells nothing about the new one.
        """
        if report.overloaded is not None:
            lowered_at = self.lowered_at
            if lowered_at is not None and (
                now - lowered_at < LOWERED_AT_MOST_EVERY or now - report.overloaded < lowered_at
            ):
                return self
            return replace(self, limit=max(1, self.limit // 2), lowered_at=now, successes=0)
        limit, successes = self.limit, self.successes + report.successes
        while successes >= limit and limit < rule.concurrency:
            successes -= limit
            limit += 1
        return replace(self, limit=limit, successes=0 if limit == rule.concurrency else successes)

    def _switched(self, report: Report, rule: EndpointRule, now: datetime, worker: str) -> "EndpointState":
        if self.circuit is CircuitState.OPEN:
            return self
        if self.circuit is CircuitState.HALF_OPEN:
            return self._probed(report, rule, now) if self.prober == worker else self
        failures = report.failures + (0 if report.successes else self.failures)
        state = replace(self, failures=failures)
        return state._opened(rule, now) if failures >= rule.open_after else state

    def _probed(self, report: Report, rule: EndpointRule, now: datetime) -> "EndpointState":
        if report.failures or (report.throttled and not report.successes):
            return replace(self, failures=self.failures + report.failures)._opened(rule, now)
        if not report.successes:
            return self
        return replace(
            self,
            circuit=CircuitState.CLOSED,
            failures=0,
            openings=0,
            open_until=None,
            prober=None,
            probe_until=None,
        )

    def _opened(self, rule: EndpointRule, now: datetime) -> "EndpointState":
        openings = self.openings + 1
        return replace(
            self,
            circuit=CircuitState.OPEN,
            openings=openings,
            open_until=now + rule.pause_of(openings),
            prober=None,
            probe_until=None,
        )

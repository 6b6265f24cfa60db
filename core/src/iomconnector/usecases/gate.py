"""The way to an endpoint in one process: so many requests at a time as all processes together agreed on."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from iomconnector.errors import StorageError
from iomconnector.model.endpoint_shares import Admission, Demand
from iomconnector.model.endpoints import CircuitState, Endpoint, EndpointState, Outcome
from iomconnector.ports.clock import Clock
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.usecases.endpoint_tally import EndpointTally
from iomconnector.usecases.gate_closed import GateClosedError, closed
from iomconnector.usecases.pace import Pace
from iomconnector.usecases.turns import Turns

log = structlog.get_logger(__name__)

FIRST_WISH = 4
"""So many permits are asked for before it is known how many are needed."""

WISHES_LAST = 10.0
"""For so many seconds after it was asked about its permits a gate keeps some."""

SHORTEST_PAUSE = 0.01
NEVER = float("-inf")


class Gate:
    """Lets requests of this process to one endpoint in, in the order in which they come.

    While it is in use it agrees with the other processes in the background: about once a second, and at once
    where something happened that concerns all. Where the states of endpoints cannot be reached it goes on
    with the permits that it has until their lease ends. Belongs to one event loop.

    Arguments:
        endpoint: The endpoint.
        states: Where the processes agree.
        worker: The name of this process.
        clock: Tells the time.
        lease: For how long permits are given without a sign of life.
        interval: Seconds between two agreements where nothing is urgent.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        states: EndpointStates,
        worker: str,
        clock: Clock,
        *,
        lease: timedelta = timedelta(seconds=30),
        interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.endpoint = endpoint
        self._states = states
        self._worker = worker
        self._clock = clock
        self._lease = lease
        self._interval = interval
        self._monotonic = monotonic
        self._state: EndpointState | None = None
        self._permits = 0
        self._permits_end = self._shut_until = self._wished_until = NEVER
        self._recorded = self._wanted = 0
        self._peak = self._hoping = 0
        self._turns = Turns(self._usable)
        self._tally = EndpointTally()
        self._open = asyncio.Event()
        self._unreachable = self._deciding = False
        self._pace = Pace(self._agree, needed=self._in_use, pause=self._pause, interval=interval)

    @property
    def state(self) -> EndpointState | None:
        """What was known of the endpoint at the last agreement; none before the first."""
        return self._state

    @property
    def under_way(self) -> int:
        """How many requests are under way."""
        return self._turns.inside

    @property
    def free(self) -> int:
        """How many more could enter now without waiting."""
        return self._turns.free

    async def permits(self) -> int:
        """How many requests of this process may be under way now; 0: none is to be begun.

        Asks the other processes where there are none and it is not known that there cannot be any.
        """
        self._wished_until = self._monotonic() + WISHES_LAST
        if not self._knows():
            await self._pace.now(unless=self._knows)
        self._pace.stir()
        return self._usable()

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Be one request under way inside the block; waits for its turn.

        Raises:
            GateClosedError: None is to be begun: the circuit is open, or the endpoint asked to wait.
        """
        await self._enter()
        try:
            yield
        finally:
            self._turns.leave()
            self._admit()
            if self._has_too_many():
                self._pace.stir(urgent=True)

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Be one request under way inside the block that waits for no turn and takes no permit: it is a
        question of somebody who looks at a page. Where the circuit is not closed it is the probe, or is not
        to be begun.

        Raises:
            GateClosedError: It is not to be begun.
        """
        if self._state is None or self._deciding:
            await self._pace.now(unless=lambda: self._state is not None and not self._deciding)
        state = self._state
        probes = state is not None and state.circuit is not CircuitState.CLOSED
        if probes and self._closed_until() is None:
            await self.permits()
            probes = self._state is not None and self._state.circuit is not CircuitState.CLOSED
        until = self._closed_until()
        if until is None and probes and not self._turns.enter_at_once():
            until = self._clock.now() + timedelta(seconds=self._interval)
        if until is not None:
            raise closed(self.endpoint.name, self._state, until)
        try:
            yield
        finally:
            if probes:
                self._turns.leave()
                self._admit()

    async def opened(self) -> None:
        """Wait until a request could enter at once."""
        self._hoping += 1
        try:
            while not self.free:
                self._open.clear()
                self._pace.stir(urgent=self._wish() > self._wanted)
                await self._open.wait()
        finally:
            self._hoping -= 1

    def report(
        self,
        outcome: Outcome,
        seconds: float,
        *,
        retry_after: float | None = None,
        code: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Tell what became of a request that has just ended.

        Arguments:
            outcome: What became of it.
            seconds: How long it took.
            retry_after: Seconds after which the endpoint wants to be asked again.
            code: Why it failed, as a code.
            reason: The same as a sentence, without secrets.
        """
        now = self._monotonic()
        first_of_its_kind = not self._tally.throttled
        self._tally.add(
            outcome,
            began=now - seconds,
            now=now,
            slow_after=self.endpoint.rule.slow_after,
            retry_after=retry_after,
            code=code,
            reason=reason,
        )
        self._shut_until = max(self._shut_until, self._tally.wait_until or NEVER)
        self._deciding = self._deciding or self._decides()
        self._pace.stir(urgent=self._deciding or (self._tally.throttled > 0 and first_of_its_kind))

    def refresh(self) -> None:
        """Agree with the others now: somebody changed something."""
        if self._in_use():
            self._pace.stir(urgent=True)

    async def aclose(self) -> None:
        """Report what is not reported yet, and send away who waits; nothing is under way any more."""
        await self._pace.stop()
        self._turns.reject(GateClosedError("This process ends.", until=self._clock.now()))
        self._wished_until = NEVER
        await self._pace.now(unless=lambda: self._tally == EndpointTally())

    async def _enter(self) -> None:
        until = self._closed_until()
        if until is not None:
            raise closed(self.endpoint.name, self._state, until)
        turn = None if self._turns.enter_at_once() else self._turns.queue()
        self._peak = max(self._peak, self._wish())
        self._pace.stir(urgent=self._wish() > self._wanted)
        if turn is not None:
            await self._turns.turn_of(turn)

    def _decides(self) -> bool:
        """Whether what was seen here is likely to open or close the circuit for all."""
        state = self._state
        if state is not None and state.circuit is not CircuitState.CLOSED:
            return state.prober == self._worker and self._tally != EndpointTally()
        known = 0 if state is None or self._tally.successes else state.failures
        return self._tally.failures > 0 and known + self._tally.failures >= self.endpoint.rule.open_after

    def _admit(self) -> None:
        self._turns.admit()
        if self.free:
            self._open.set()

    def _has_too_many(self) -> bool:
        """Whether the others wait for permits that this process does not use any more."""
        return self._recorded > self._permits >= self._turns.inside

    def _usable(self) -> int:
        if self._deciding:
            return 0
        return self._permits if self._shut_until <= self._monotonic() < self._permits_end else 0

    def _closed_until(self) -> datetime | None:
        """Until when nothing may be begun; none where something may, or where that is not known."""
        seconds = self._shut_until - self._monotonic()
        return self._clock.now() + timedelta(seconds=seconds) if seconds > 0 else None

    def _knows(self) -> bool:
        """Whether it need not ask the others to say how many may be under way."""
        return self._usable() > 0 or self._monotonic() < self._shut_until

    def _wish(self) -> int:
        wish = self._turns.inside + 2 * self._turns.waiting + min(1, self._hoping)
        return max(wish, FIRST_WISH) if self._monotonic() < self._wished_until else wish

    def _in_use(self) -> bool:
        return bool(self._wish() or self._recorded or self._tally != EndpointTally())

    def _pause(self) -> float:
        """Seconds between the last agreement and the next where nothing is urgent."""
        at_least = self._lease.total_seconds() / 3
        shut_for = self._shut_until - self._monotonic()
        if shut_for > 0:
            return max(SHORTEST_PAUSE, min(shut_for, 2 * self._interval, at_least))
        if self._has_too_many():
            return SHORTEST_PAUSE
        return at_least if self._is_idle() else min(self._interval, at_least)

    def _is_idle(self) -> bool:
        """Whether there is nothing to tell and nothing to ask for."""
        if self._unreachable or self._peak or self._tally != EndpointTally():
            return False
        return self._wish() <= self._usable()

    async def _agree(self) -> None:
        begun, asked_at = self._monotonic(), self._clock.now()
        tally, self._tally = self._tally, EndpointTally()
        demand = Demand(
            wanted=max(self._peak, self._wish()),
            under_way=self._turns.inside,
            permits=self._permits if begun < self._permits_end else 0,
        )
        self._peak, self._wanted = 0, demand.wanted
        try:
            admission = await self._states.sync(
                self.endpoint,
                self._worker,
                tally.report(begun),
                demand,
                now=asked_at,
                lease=self._lease,
            )
        except Exception as error:
            self._tally.follow(tally)
            self._go_on_without(begun, error)
        except BaseException:
            self._tally.follow(tally)
            raise
        else:
            self._obey(admission, demand, begun, asked_at)
        self._admit()

    def _go_on_without(self, moment: float, error: Exception) -> None:
        """Keep to the permits that there are, until they end."""
        if not self._unreachable or not isinstance(error, StorageError):
            log.warning(
                "processes cannot agree on an endpoint",
                endpoint=self.endpoint.name,
                error=str(error),
                exc_info=None if isinstance(error, StorageError) else error,
            )
        self._unreachable = True
        self._wanted = 0
        if moment >= self._permits_end:
            self._recorded = 0

    def _obey(self, admission: Admission, demand: Demand, begun: float, asked_at: datetime) -> None:
        self._unreachable = False
        before = CircuitState.CLOSED if self._state is None else self._state.circuit
        self._state = state = admission.state
        self._permits = admission.permits
        self._permits_end = begun + admission.valid_for.total_seconds()
        self._shut_until = max(begun + self._seconds_shut(state, asked_at), self._tally.wait_until or NEVER)
        self._recorded = max(demand.held, admission.permits)
        self._deciding = self._decides()
        if state.circuit is not before:
            log.warning(
                "a circuit changed",
                endpoint=state.name,
                circuit=state.circuit.value,
                until=None if state.open_until is None else state.open_until.isoformat(),
                reason=state.last_reason,
            )
        until = self._closed_until()
        if until is not None:
            self._turns.reject(closed(self.endpoint.name, self._state, until))

    def _seconds_shut(self, state: EndpointState, now: datetime) -> float:
        """For how long nothing may be begun; where another process probes, until it is worth asking again."""
        if state.prober not in (None, self._worker):
            return 2 * self._interval
        until = state.available_at(now)
        return NEVER if until is None else (until - now).total_seconds()

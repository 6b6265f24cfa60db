"""One channel's exports in one process: so many under way, whatever happens in other channels."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, ExportLedger, Postponement
from iomconnector.usecases.export_orders import ExportOrders, ExportResult, LostLeaseError
from iomconnector.usecases.gate_closed import GateClosedError

log = structlog.get_logger(__name__)

STOPPED = "export.process_stopped"
"""Code of an attempt that its process gave back when it was stopped."""

AHEAD = 8
"""So many times as many orders are worked on as requests may be under way, since most of them wait for the
database at any time."""


class ProcessStoppedError(GateClosedError):
    """The process was stopped before the request was sent."""

    code = STOPPED


class LaneGate(Protocol):
    """Says how many requests may be under way at once."""

    async def permits(self) -> int:
        """How many requests of this process may be under way now; 0: none is to be begun."""
        ...

    def entered(self) -> AbstractAsyncContextManager[None]:
        """Be one of them inside the block; waits for its turn.

        Raises:
            GateClosedError: None is to be begun.
        """
        ...


GateOf = Callable[[str], Awaitable[LaneGate]]
"""The gate of a channel.

Raises:
    ConnectorError: It has none, since no service is operational.
"""


class FixedGate:
    """Lets a fixed number in.

    Arguments:
        concurrency: How many.
    """

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)

    async def permits(self) -> int:
        """That number."""
        return self._concurrency

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Wait for a place and keep it inside the block."""
        async with self._places:
            yield


class _NoServiceGate(FixedGate):
    """Lets one attempt in, which tells its order why there is no service."""

    def __init__(self) -> None:
        super().__init__(1)


class Lane:
    """Works off one channel.

    After :meth:`work_off`, ``works`` tells whether the channel had an operational service.

    Arguments:
        channel: The channel.
        worker: The name of this process.
        ledger: The export ledger.
        exports: Exports one order.
        gate_of: Gives the gate of the channel.
        concurrency: No more attempts are under way, whatever the gate lets in.
        clock: Tells the time.
        lease: For how long an order is taken.
        observe: Is told of each attempt whose outcome is in the ledger.
        telemetry: Tells logs, traces and metrics what is worked on.
    """

    def __init__(
        self,
        channel: str,
        *,
        worker: str,
        ledger: ExportLedger,
        exports: ExportOrders,
        gate_of: GateOf,
        concurrency: int,
        clock: Clock,
        lease: timedelta,
        observe: Callable[[ExportResult], None] | None,
        telemetry: Telemetry,
    ) -> None:
        self._channel = channel
        self._worker = worker
        self._ledger = ledger
        self._exports = exports
        self._gate_of = gate_of
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._lease = lease
        self._observe = observe
        self._telemetry = telemetry
        self._held_since: dict[int, datetime] = {}
        self._working: dict[asyncio.Task[None], Claim] = {}
        self._sending: set[int] = set()
        self._called = asyncio.Event()
        self.works = True

    @property
    def claims(self) -> Collection[Claim]:
        """What is claimed and not ended."""
        return self._working.values()

    def wake(self) -> None:
        """Look at the ledger now: something may be due."""
        self._called.set()

    def held(self, order_id: int, since: datetime) -> None:
        """A lease was prolonged."""
        if order_id in self._held_since:
            self._held_since[order_id] = since

    async def work_off(self, stop: asyncio.Event, poll_interval: float) -> int:
        """Work until nothing is due, the gate is closed, no service is operational, or ``stop`` is set; then
        finish what was begun.

        What is claimed and not begun when ``stop`` is set is given back.

        Arguments:
            stop: Ends it.
            poll_interval: Seconds between two looks at the ledger while orders are under way.

        Returns:
            How many attempts were begun.

        Raises:
            StorageError: The ledger cannot be read or written.
        """
        begun, self.works = 0, True
        try:
            while self.works and not stop.is_set():
                self._called.clear()
                gate, permits = await self._gate()
                ahead = 1 if isinstance(gate, _NoServiceGate) else AHEAD
                claims = await self._claim(ahead * permits - len(self._working)) if permits else ()
                for claim in claims:
                    self._begin(claim, gate, stop)
                begun += len(claims)
                if not self._working:
                    break
                await self._until_more_is_wanted(permits, bool(claims), poll_interval)
        finally:
            await self._finish()
        return begun

    async def give_back(self) -> None:
        """Cut off what is under way and give back its leases; :meth:`work_off` ends, too."""
        attempts, sending = dict(self._working), set(self._sending)
        for task in attempts:
            task.cancel()
        if attempts:
            await asyncio.wait(attempts)
        for claim in [claim for task, claim in attempts.items() if task.cancelled()]:
            await self._put_back(claim, begun=claim.request.order_id in sending)
        for task in attempts:
            self._working.pop(task, None)

    async def _gate(self) -> tuple[LaneGate, int]:
        """The gate and how many it lets in."""
        try:
            gate = await self._gate_of(self._channel)
        except ConnectorError:
            return _NoServiceGate(), 0 if self._working else 1
        return gate, min(await gate.permits(), self._concurrency)

    async def _claim(self, limit: int) -> "tuple[Claim, ...]":
        suspected = any(claim.request.abandoned > 1 for claim in self._working.values())
        return tuple(
            await self._ledger.claim(
                self._channel,
                worker=self._worker,
                now=self._clock.now(),
                lease=self._lease,
                limit=max(0, limit),
                suspects=0 if suspected else 1,
            )
        )

    def _begin(self, claim: Claim, gate: LaneGate, stop: asyncio.Event) -> None:
        self._held_since[claim.request.order_id] = claim.claimed_at
        self._working[asyncio.create_task(self._attempt(claim, gate, stop))] = claim

    async def _until_more_is_wanted(self, permits: int, claimed: bool, poll_interval: float) -> None:
        if not claimed:
            await self._until_one_ended_or_called(poll_interval)
        while self.works and len(self._working) > max(AHEAD * permits * 3 // 4, 1):
            await asyncio.wait(self._working, return_when=asyncio.FIRST_COMPLETED)
            self._collect()

    async def _until_one_ended_or_called(self, seconds: float) -> None:
        called = asyncio.create_task(self._called.wait())
        try:
            await asyncio.wait({called, *self._working}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()
        self._collect()

    async def _finish(self) -> None:
        if self._working:
            await asyncio.wait(self._working)
            self._collect()

    def _collect(self) -> None:
        failures: list[BaseException] = []
        for task in [task for task in self._working if task.done()]:
            claim = self._working.pop(task)
            self._held_since.pop(claim.request.order_id, None)
            self._sending.discard(claim.request.order_id)
            if (failure := task.exception()) is not None:
                failures.append(failure)
                log.error("an attempt was not recorded", order=claim.request.number, error=repr(failure))
        if failures:
            raise failures[0]

    async def _put_back(self, claim: Claim, *, begun: bool) -> None:
        now = self._clock.now()
        reason = f"The process {self._worker} was stopped {'during' if begun else 'before'} the attempt."
        postponement = Postponement(due_at=now, code=STOPPED, reason=reason, unclear=begun or claim.unclear)
        try:
            await self._ledger.record_postponed(claim, postponement, at=now)
        except StorageError as error:
            log.warning("a lease was not given back", order=claim.request.number, error=str(error))

    async def _attempt(self, claim: Claim, gate: LaneGate, stop: asyncio.Event) -> None:
        async with self._telemetry.working_on(claim) as attempt:
            result = await self._exports.export(claim, lambda: self._turn(claim, gate, stop))
            attempt.ended(result)
            log.debug("attempted", state=result.state.value, reason=result.reason)
        if result.whole_service and isinstance(gate, _NoServiceGate):
            self.works = False
        if result.lost_lease:
            log.warning("another process took an order over", order=claim.request.number)
            return
        if self._observe is not None:
            self._observe(result)

    @asynccontextmanager
    async def _turn(self, claim: Claim, gate: LaneGate, stop: asyncio.Event) -> AsyncIterator[None]:
        """Waits until a request about the order may be sent, and sees whether the order is still ours."""
        order_id = claim.request.order_id
        async with self._places, gate.entered():
            if stop.is_set() and order_id not in self._sending:
                raise ProcessStoppedError(
                    f"The process {self._worker} was stopped before the attempt.", until=self._clock.now()
                )
            if not await self._still_holds(claim):
                raise LostLeaseError
            self._sending.add(order_id)
            yield

    async def _still_holds(self, claim: Claim) -> bool:
        """Whether a claim that waited for its turn is still ours; a fresh one is."""
        waited = self._clock.now() - self._held_since[claim.request.order_id]
        if abs(waited) < self._lease / 2:
            return True
        return bool(await self._ledger.extend([claim], self._clock.now() + self._lease))

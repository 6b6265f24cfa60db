"""The embedded job engine of the order export: looks at the ledger and works off what is due."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog

from iomconnector.errors import StorageError
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Claim, ExportLedger
from iomconnector.usecases.export_orders import ExportOrders, ExportResult

log = structlog.get_logger(__name__)


class Exporter:
    """Works off the export ledger, so many orders at a time.

    Any number of exporters, in any number of processes, can run on one ledger.

    Arguments:
        ledger: The export ledger.
        exports: Exports one order.
        clock: Tells the time.
        concurrency: How many orders are worked on at a time.
        lease: For how long an order is taken; prolonged for as long as work on it goes on.
        poll_interval: Seconds between two looks at the ledger when nothing calls for one.
        observe: Is told of each attempt.
    """

    def __init__(
        self,
        ledger: ExportLedger,
        exports: ExportOrders,
        clock: Clock,
        *,
        concurrency: int,
        lease: timedelta,
        poll_interval: float,
        observe: Callable[[ExportResult], None] | None = None,
    ) -> None:
        self._ledger = ledger
        self._exports = exports
        self._clock = clock
        self._concurrency = concurrency
        self._lease = lease
        self._poll_interval = poll_interval
        self._observe = observe
        self._called = asyncio.Event()
        self._held_since: dict[int, datetime] = {}
        self._places = asyncio.Semaphore(concurrency)
        self._working: dict[asyncio.Task[None], Claim] = {}

    def wake(self) -> None:
        """Look at the ledger now: something may be due."""
        self._called.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then finish what was begun. Survives failures of the database."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    await self._work_off(stop)
                    await self._wait({stopped}, await self._seconds_until_due())
                except StorageError as error:
                    log.error("the export ledger cannot be read or written", error=str(error))
                    await self._wait({stopped}, self._poll_interval)
        finally:
            stopped.cancel()

    async def drain(self) -> None:
        """Work off all that is due now; what must be tried again later stays.

        Raises:
            StorageError: The ledger cannot be read or written.
        """
        await self._work_off(asyncio.Event())

    async def _work_off(self, stop: asyncio.Event) -> None:
        heartbeat = asyncio.create_task(self._keep_leases())
        try:
            while not stop.is_set():
                self._called.clear()
                now = self._clock.now()
                claims = await self._ledger.claim(
                    now=now, lease=self._lease, limit=2 * self._concurrency - len(self._working)
                )
                for claim in claims:
                    self._held_since[claim.request.order_id] = now
                    self._working[asyncio.create_task(self._attempt(claim))] = claim
                if not self._working:
                    return
                if claims:
                    await self._until_places_are_free()
                else:
                    await self._wait(self._working, self._poll_interval)
                self._collect()
        finally:
            try:
                await self._finish()
            finally:
                heartbeat.cancel()
                await asyncio.wait({heartbeat})

    async def _until_places_are_free(self) -> None:
        while len(self._working) > self._concurrency:
            await asyncio.wait(self._working, return_when=asyncio.FIRST_COMPLETED)
            self._collect()

    async def _finish(self) -> None:
        if self._working:
            await asyncio.wait(self._working)
            self._collect()

    def _collect(self) -> None:
        failures = []
        for task in [task for task in self._working if task.done()]:
            claim = self._working.pop(task)
            self._held_since.pop(claim.request.order_id, None)
            if (failure := task.exception()) is not None:
                failures.append(failure)
                log.error("an attempt was not recorded", order=claim.request.number, error=repr(failure))
        if failures:
            raise failures[0]

    async def _attempt(self, claim: Claim) -> None:
        async with self._places:
            if not await self._still_holds(claim):
                log.warning("another process took an order over", order=claim.request.number)
                return
            result = await self._exports.export(claim)
        log.debug(
            "attempted",
            order=claim.request.number,
            channel=claim.request.channel,
            attempt=claim.request.attempts,
            state=result.state.value,
            reason=result.reason,
        )
        if self._observe is not None:
            self._observe(result)

    async def _still_holds(self, claim: Claim) -> bool:
        """Whether a claim that waited for its turn is still ours; a fresh one is."""
        waited = self._clock.now() - self._held_since[claim.request.order_id]
        if abs(waited) < self._lease / 2:
            return True
        return await self._ledger.extend(claim, self._clock.now() + self._lease)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            until = self._clock.now() + self._lease
            await asyncio.gather(*(self._extend(claim, until) for claim in self._working.values()))

    async def _extend(self, claim: Claim, until: datetime) -> None:
        try:
            if await self._ledger.extend(claim, until):
                self._held_since[claim.request.order_id] = until - self._lease
        except Exception as error:
            log.warning("a lease was not prolonged", order=claim.request.number, error=str(error))

    async def _seconds_until_due(self) -> float:
        due_at = await self._ledger.next_due_at()
        if due_at is None:
            return self._poll_interval
        return min(self._poll_interval, max(0.01, (due_at - self._clock.now()).total_seconds()))

    async def _wait(self, tasks: Iterable[asyncio.Task[Any]], seconds: float) -> None:
        """Wait until one of the tasks is done, somebody calls, or the time is over."""
        called = asyncio.create_task(self._called.wait())
        try:
            await asyncio.wait({called, *tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()

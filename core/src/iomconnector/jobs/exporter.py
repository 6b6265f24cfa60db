"""The order exporter: looks at the ledger and works off what is due, channel by channel."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Any

import structlog

from iomconnector.errors import StorageError
from iomconnector.jobs.lane import FixedGate, GateOf, Lane, LaneGate
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import ExportLedger
from iomconnector.usecases.export_orders import ExportOrders, ExportResult

log = structlog.get_logger(__name__)


class Exporter:
    """Works off the export ledger, so many orders of each channel at a time.

    Any number of exporters, in any number of processes, can run on one ledger. What orders are sent to in one
    channel may be slow or away: the other channels do not notice.

    Arguments:
        ledger: The export ledger.
        exports: Exports one order.
        clock: Tells the time.
        worker: The name of this process, kept with each attempt.
        gate_of: Gives the gate of a channel; where omitted, only ``concurrency`` limits it.
        concurrency: How many orders of a channel are worked on at a time, at most.
        lease: For how long an order is taken; prolonged for as long as work on it goes on.
        poll_interval: Seconds between two looks at the ledger when nothing calls for one.
        channels: Only these; all where empty.
        observe: Is told of each attempt.
        telemetry: Tells logs, traces and metrics what is worked on.
    """

    def __init__(
        self,
        ledger: ExportLedger,
        exports: ExportOrders,
        clock: Clock,
        *,
        worker: str,
        lease: timedelta,
        poll_interval: float,
        concurrency: int = 20,
        gate_of: GateOf | None = None,
        channels: Collection[str] = (),
        observe: Callable[[ExportResult], None] | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._ledger = ledger
        self._exports = exports
        self._clock = clock
        self._worker = worker
        self._lease = lease
        self._poll_interval = poll_interval
        self._concurrency = concurrency
        self._gate_of = gate_of or self._fixed_gate
        self._channels = frozenset(channels)
        self._observe = observe
        self._telemetry = telemetry or Telemetry()
        self._called = asyncio.Event()
        self._lanes: dict[str, Lane] = {}
        self._running: dict[asyncio.Task[int], str] = {}
        self._fixed_gates: dict[str, LaneGate] = {}

    def wake(self) -> None:
        """Look at the ledger now: something may be due."""
        self._called.set()
        for channel in self._running.values():
            self._lanes[channel].wake()

    def under_way(self) -> list[str]:
        """The numbers of the orders that are claimed and not ended."""
        return [claim.request.number for lane in self._lanes.values() for claim in lane.claims]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then finish what was begun.

        Survives failures of the database, and mistakes in what serves one channel.
        """
        self._telemetry.exporting(on=True)
        stopped = asyncio.create_task(stop.wait())
        heartbeat = asyncio.create_task(self._keep_leases())
        ending = asyncio.Event()
        rested: set[str] = set()
        try:
            while not stop.is_set():
                seconds = self._poll_interval
                try:
                    seconds = await self._begin_what_is_due(ending, rested)
                except StorageError as error:
                    log.error("the export ledger cannot be read or written", error=str(error))
                await self._wait({stopped, *self._running}, seconds)
                rested = self._rest(self._take_ended())
        finally:
            ending.set()
            stopped.cancel()
            try:
                await self._end_lanes()
            finally:
                self._telemetry.exporting(on=False)
                heartbeat.cancel()
                await asyncio.wait({stopped, heartbeat})

    async def give_back(self) -> None:
        """Cut off what :meth:`run` left unfinished when it was cancelled, and give back its leases.

        Nobody has to wait for the end of a lease then; orders that were on their way are asked for before
        they are sent again.
        """
        await asyncio.gather(*(lane.give_back() for lane in self._lanes.values()))

    async def drain(self) -> int:
        """Work off all that is due now; what must be tried again later stays.

        Returns:
            How many attempts were made.

        Raises:
            StorageError: The ledger cannot be read or written.
        """
        heartbeat = asyncio.create_task(self._keep_leases())
        ending = asyncio.Event()
        begun = 0
        try:
            while True:
                await self._begin_what_is_due(ending, ())
                ended = await self._end_lanes(raising=True)
                begun += ended
                if not ended:
                    return begun
        finally:
            ending.set()
            try:
                await self._end_lanes()
            finally:
                heartbeat.cancel()
                await asyncio.wait({heartbeat})

    async def _begin_what_is_due(self, ending: asyncio.Event, rested: Collection[str]) -> float:
        """Start the lanes of channels with something due.

        Arguments:
            ending: Ends the lanes.
            rested: Channels that are not to be started now.

        Returns:
            Seconds until to look again.
        """
        self._called.clear()
        now = self._clock.now()
        seconds = self._poll_interval
        for channel, moment in (await self._ledger.next_moments()).items():
            if self._channels and channel not in self._channels:
                continue
            if channel in self._running.values() or channel in rested:
                continue
            if moment <= now:
                lane = self._lane(channel)
                self._running[asyncio.create_task(lane.work_off(ending, self._poll_interval))] = channel
            else:
                seconds = min(seconds, max(0.01, (moment - now).total_seconds()))
        return seconds

    def _lane(self, channel: str) -> Lane:
        if channel not in self._lanes:
            self._lanes[channel] = Lane(
                channel,
                worker=self._worker,
                ledger=self._ledger,
                exports=self._exports,
                gate_of=self._gate_of,
                concurrency=self._concurrency,
                clock=self._clock,
                lease=self._lease,
                observe=self._observe,
                telemetry=self._telemetry,
            )
        return self._lanes[channel]

    def _take_ended(self) -> list[tuple[str, int, BaseException | None]]:
        """The channels whose lane has ended, how many attempts it began, and why it failed."""
        ended = []
        for task in [task for task in self._running if task.done()]:
            channel = self._running.pop(task)
            failure = task.exception()
            ended.append((channel, 0 if failure else task.result(), failure))
        return ended

    def _rest(self, ended: Iterable[tuple[str, int, BaseException | None]]) -> set[str]:
        """The channels that made no progress: they are looked at again with the next poll."""
        idle = set()
        for channel, begun, failure in ended:
            if isinstance(failure, StorageError):
                log.error("the export ledger cannot be read or written", channel=channel, error=str(failure))
            elif failure is not None:
                log.error("the exports of a channel failed unexpectedly", channel=channel, exc_info=failure)
            if failure is not None or not begun or not self._lanes[channel].works:
                idle.add(channel)
        return idle

    async def _end_lanes(self, *, raising: bool = False) -> int:
        """Wait for all lanes; how many attempts they began."""
        begun = 0
        while self._running:
            await asyncio.wait(self._running)
            ended = self._take_ended()
            begun += sum(count for _, count, _ in ended)
            failures = [failure for _, _, failure in ended if failure is not None]
            if failures and raising:
                raise failures[0]
            self._rest(ended)
        return begun

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            now = self._clock.now()
            for lane in list(self._lanes.values()):
                claims = list(lane.claims)
                try:
                    kept = await self._ledger.extend(claims, now + self._lease) if claims else ()
                except Exception as error:
                    numbers = [claim.request.number for claim in claims]
                    log.warning("leases were not prolonged", orders=numbers[:20], error=str(error))
                else:
                    for order_id in kept:
                        lane.held(order_id, now)

    async def _fixed_gate(self, channel: str) -> LaneGate:
        return self._fixed_gates.setdefault(channel, FixedGate(self._concurrency))

    async def _wait(self, tasks: Iterable[asyncio.Task[Any]], seconds: float) -> None:
        """Wait until one of the tasks is done, somebody calls, or the time is over."""
        called = asyncio.create_task(self._called.wait())
        try:
            await asyncio.wait({called, *tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()

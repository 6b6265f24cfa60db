"""The metrics of a process as Prometheus reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from iomconnector.observability.system_state import (
    GaugeText,
    backlog_gauges,
    endpoint_gauges,
    job_gauges,
)

if TYPE_CHECKING:
    from iomconnector.observability.telemetry import Telemetry
    from iomconnector.ports.clock import Clock
    from iomconnector.ports.endpoint_states import EndpointStates
    from iomconnector.ports.export_queries import ExportQueries
    from iomconnector.ports.job_engine import JobEngine

SECONDS_TO_ANSWER: Final = 2.0
"""A source that takes longer is left alone; the scrape goes on without it."""

KEPT_SECONDS: Final = 5.0
KEPT_TIMES: Final = 20
"""What was read is kept for 5 seconds, and for 20 times as long as reading it took."""

SOURCE_UP = GaugeText(
    "iomconnector_source_up",
    "1 where the latest look at a source of metrics worked; where it did not, its metrics are left out.",
    ("source",),
)
SOURCE_SECONDS = GaugeText(
    "iomconnector_source_seconds", "Seconds that the latest look at a source of metrics took.", ("source",)
)
READY = GaugeText("iomconnector_ready", "1 where this process is fit to do its work, otherwise 0.", ())
SCRAPE_GAUGES: Final = (SOURCE_UP, SOURCE_SECONDS, READY)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Source:
    name: str
    read: Callable[[], Awaitable[Sequence[Metric]]]
    families: Sequence[Metric] = ()
    is_up: bool = False
    seconds: float = 0.0
    fresh_until: float = float("-inf")
    look: asyncio.Task[Sequence[Metric]] | None = field(default=None, repr=False)


class Scrape:
    """Gives the metrics of this process: what it counted, and the state that all processes share.

    The shared state is read when it is asked for, by one at a time, and kept for some seconds. What cannot be
    read makes no scrape fail: it is left out, and ``iomconnector_source_up`` tells.

    Arguments:
        telemetry: What this process counts.
        exports: The backlog.
        endpoints: How endpoints fare.
        jobs: Gives the job engine.
        clock: Tells the time.
        seconds: How long a source may take to answer.
    """

    def __init__(
        self,
        telemetry: Telemetry,
        exports: ExportQueries,
        endpoints: EndpointStates,
        jobs: Callable[[], JobEngine],
        clock: Clock,
        *,
        seconds: float = SECONDS_TO_ANSWER,
    ) -> None:
        async def backlog() -> Sequence[Metric]:
            return list(backlog_gauges(await exports.backlog(now=clock.now()), clock.now()))

        async def standings() -> Sequence[Metric]:
            return list(endpoint_gauges(await endpoints.all(), clock.now()))

        async def jobs_now() -> Sequence[Metric]:
            return list(job_gauges(await jobs().snapshot()))

        self._telemetry = telemetry
        self._seconds = seconds
        self._sources = (
            _Source("exports", backlog),
            _Source("endpoints", standings),
            _Source("jobs", jobs_now),
        )
        self._ready: bool | None = None
        self._turn = asyncio.Lock()
        telemetry.metrics.registry.register(_Shared(self._families))

    async def page(self, *, ready: bool | None = None) -> tuple[bytes, str]:
        """The metrics in Prometheus' text format, and their content type.

        Arguments:
            ready: Whether the process is fit to do its work; unknown where omitted.
        """
        async with self._turn:
            await asyncio.gather(*(self._refresh(source) for source in self._sources))
            self._ready = ready
            return generate_latest(self._telemetry.metrics.registry), CONTENT_TYPE_LATEST

    async def aclose(self) -> None:
        """Read no more."""
        looks = {source.look for source in self._sources if source.look is not None}
        for look in looks:
            look.cancel()
        if looks:
            await asyncio.wait(looks)

    async def _refresh(self, source: _Source) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        if began < source.fresh_until:
            return
        if source.look is None:
            source.look = asyncio.ensure_future(source.read())
        answered, _ = await asyncio.wait({source.look}, timeout=self._seconds)
        source.seconds = loop.time() - began
        if not answered:
            self._failed(source, f"It did not answer within {self._seconds:g} seconds.")
            return
        look, source.look = source.look, None
        if (error := look.exception()) is not None:
            self._failed(source, str(error) or type(error).__name__)
            return
        source.families, source.is_up = look.result(), True
        source.fresh_until = loop.time() + max(KEPT_SECONDS, KEPT_TIMES * source.seconds)

    def _failed(self, source: _Source, reason: str) -> None:
        if source.is_up or not source.families:
            log.warning("metrics cannot be read", source=source.name, reason=reason)
        source.families, source.is_up = (), False
        self._telemetry.metrics.scrape_errors.labels(source.name).inc()

    def _families(self) -> Iterator[Metric]:
        for source in self._sources:
            yield from source.families
        yield SOURCE_UP.family(((source.name,), int(source.is_up)) for source in self._sources)
        yield SOURCE_SECONDS.family(((source.name,), source.seconds) for source in self._sources)
        if self._ready is not None:
            yield READY.family([((), int(self._ready))])


class _Shared(Collector):
    def __init__(self, families: Callable[[], Iterator[Metric]]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return self._families()

    def describe(self) -> list[Metric]:
        return []

"""What one system tells about its work while it works."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind
from structlog.contextvars import bound_contextvars

from iomconnector.errors import ConnectorError
from iomconnector.observability.attempt_under_way import AttemptUnderWay
from iomconnector.observability.attempts import AT_WORK, attempt_of
from iomconnector.observability.outgoing import OutgoingRequest, RequestUnderWay, client_span
from iomconnector.observability.tracing import (
    LIBRARY,
    NoPipeline,
    SpanPipeline,
    context_of,
)

if TYPE_CHECKING:
    from iomconnector.observability.metrics import Metrics
    from iomconnector.ports.export_ledger import Claim

LONGEST_FLUSH: Final = 5.0
"""Seconds for which the end of a process waits for a collector of spans."""

OrganizationOf = Callable[[str], Awaitable[str | None]]
"""Gives the organization of a channel."""


def _now() -> datetime:
    return datetime.now(UTC)


def _status_class(status: int | None) -> str:
    """The class of an answer, ``2xx`` to ``5xx``; ``none`` where no answer came."""
    return "none" if status is None else f"{status // 100}xx"


class Telemetry:
    """Log context, spans and metrics of one system.

    Arguments:
        pipeline: Where spans go.
        organization_of: Gives the organization of a channel, for the log.
        now: Tells the time.
    """

    def __init__(
        self,
        pipeline: SpanPipeline | None = None,
        organization_of: OrganizationOf | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._pipeline = pipeline or NoPipeline()
        self._organization_of = organization_of
        self._organizations: dict[str, str | None] = {}
        self._now = now
        self._metrics: Metrics | None = None
        self.tracer = self._pipeline.tracer(LIBRARY)

    @asynccontextmanager
    async def working_on(self, claim: Claim) -> AsyncIterator[AttemptUnderWay]:
        """Work on a claimed order inside the block: whatever is logged, sent and kept there tells which
        order, attempt and trace it belongs to.

        The first attempt goes on with the trace of the request that placed the order. Later ones, perhaps
        hours later, are traces of their own that are linked with it.
        """
        request = claim.request
        fields = {
            "order": request.number,
            "channel": request.channel,
            "context": await self._organization(request.channel),
            "attempt": request.attempts,
            "worker": claim.worker,
        }
        at_work = AT_WORK.set(attempt_of(claim))
        try:
            with (
                self._attempt_span(claim) as span,
                bound_contextvars(**{name: value for name, value in fields.items() if value}),
            ):
                under_way = AttemptUnderWay(claim, span, self.metrics, self._now)
                try:
                    yield under_way
                except BaseException as error:
                    under_way.failed(error)
                    raise
        finally:
            AT_WORK.reset(at_work)

    @property
    def metrics(self) -> Metrics:
        """What is counted and measured; made when it is first needed."""
        if self._metrics is None:
            from iomconnector.observability.metrics import Metrics

            self._metrics = Metrics()
        return self._metrics

    @contextmanager
    def calling(self, request: OutgoingRequest) -> Iterator[RequestUnderWay]:
        """Send a request to another system inside the block, with the headers that it gives."""
        began = perf_counter()
        status: int | None = None
        try:
            with client_span(self.tracer, request) as under_way:
                try:
                    yield under_way
                finally:
                    status = under_way.status
        finally:
            self.metrics.request_seconds.labels(
                request.service, request.method, _status_class(status)
            ).observe(perf_counter() - began)

    def answered(self, method: str, route: str, status: int | None, seconds: float) -> None:
        """A request to this process was answered.

        Arguments:
            method: The HTTP method.
            route: The route that took it, never its path.
            status: The status; none where nothing was answered.
            seconds: How long it took.
        """
        self.metrics.http_request_seconds.labels(method, route, _status_class(status)).observe(seconds)

    def placed(self, channel: str) -> None:
        """An order was placed."""
        self.metrics.placed.labels(channel).inc()

    def message_lost(self) -> None:
        """A message could not be kept in the message log."""
        self.metrics.message_log_failures.inc()

    def committed(self, writes: int, seconds: float) -> None:
        """The database committed what some writers wrote.

        Arguments:
            writes: How many writers shared the commit.
            seconds: How long it took.
        """
        self.metrics.commit_writes.observe(writes)
        self.metrics.commit_seconds.observe(seconds)

    def mailed(self, channel: str, outcome: str) -> None:
        """A mail was handed to a mail system.

        Arguments:
            channel: The channel for which it was sent.
            outcome: ``sent``, ``refused``, ``postponed`` or ``unclear``.
        """
        self.metrics.mails.labels(channel, outcome).inc()

    def looked_up(self, cache: str, *, hit: bool) -> None:
        """A cache was asked.

        Arguments:
            cache: Its name, one of a few.
            hit: Whether it knew.
        """
        self.metrics.cache_lookups.labels(cache, "hit" if hit else "miss").inc()

    def seen(self, channel: str, source: str) -> None:
        """A customer looked at an order.

        Arguments:
            channel: The channel of the order.
            source: Who said where it stands, one of a few.
        """
        self.metrics.orders_seen.labels(channel, source).inc()

    def asked_for_states(self, channel: str, outcome: str) -> None:
        """An order management system was asked about orders.

        Arguments:
            channel: The channel of the orders.
            outcome: ``answered`` or ``failed``.
        """
        self.metrics.state_questions.labels(channel, outcome).inc()

    def told_availability(self, channel: str, source: str, products: int) -> None:
        """Somebody was told whether products can be bought.

        Arguments:
            channel: The channel in which they are sold.
            source: Who said so, one of a few.
            products: How many.
        """
        self.metrics.availabilities.labels(channel, source).inc(products)

    def asked_for_stock(self, channel: str, outcome: str) -> None:
        """An inventory service was asked what is available.

        Arguments:
            channel: The channel for which it was asked.
            outcome: ``answered`` or ``failed``.
        """
        self.metrics.stock_questions.labels(channel, outcome).inc()

    def reserved(self, channel: str, what: str) -> None:
        """Something became of a reservation.

        Arguments:
            channel: The channel in which the pieces are sold.
            what: What, one of a few.
        """
        self.metrics.reservations.labels(channel, what).inc()

    def exporting(self, *, on: bool) -> None:
        """This process begins or ceases to export orders."""
        self.metrics.exporting.set(int(on))

    @contextmanager
    def _attempt_span(self, claim: Claim) -> Iterator[Span]:
        request = claim.request
        placed_in = context_of(request.trace_parent)
        placed_by = trace.get_current_span(placed_in).get_span_context()
        goes_on = request.attempts <= 1 or isinstance(self._pipeline, NoPipeline)
        span = self.tracer.start_span(
            "export order",
            context=placed_in if goes_on else context_of(None),
            kind=SpanKind.CONSUMER,
            links=[] if goes_on or not placed_by.is_valid else [Link(placed_by)],
        )
        if span.is_recording():
            span.set_attributes(
                {
                    "iomconnector.order": request.number,
                    "iomconnector.channel": request.channel,
                    "iomconnector.attempt": request.attempts,
                    "iomconnector.worker": claim.worker,
                }
            )
        with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            yield span

    async def _organization(self, channel: str) -> str | None:
        if channel not in self._organizations and self._organization_of is not None:
            with suppress(ConnectorError):
                self._organizations[channel] = await self._organization_of(channel)
        return self._organizations.get(channel)

    async def aclose(self) -> None:
        """Send the spans that are left, for :data:`LONGEST_FLUSH` seconds at most."""
        if isinstance(self._pipeline, NoPipeline):
            return
        loop = asyncio.get_running_loop()
        sent = asyncio.Event()

        def send() -> None:
            self._pipeline.shutdown()
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(sent.set)

        threading.Thread(target=send, name="last spans", daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_FLUSH):
                await sent.wait()

"""What one system tells about its work while it works."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from structlog.contextvars import bound_contextvars

from iomconnector.errors import ConnectorError
from iomconnector.observability.attempts import AT_WORK, attempt_of
from iomconnector.observability.outgoing import OutgoingRequest, RequestUnderWay, client_span
from iomconnector.observability.tracing import (
    LIBRARY,
    NoPipeline,
    SpanPipeline,
    context_of,
)

if TYPE_CHECKING:
    from iomconnector.ports.export_ledger import Claim
    from iomconnector.usecases.export_orders import ExportResult

LONGEST_FLUSH: Final = 5.0
"""Seconds for which the end of a process waits for a collector of spans."""

OrganizationOf = Callable[[str], Awaitable[str | None]]
"""Gives the organization of a channel."""


class AttemptUnderWay:
    """An attempt on an order that is being observed.

    Arguments:
        span: Its span.
    """

    def __init__(self, span: Span) -> None:
        self._span = span

    def ended(self, result: ExportResult) -> None:
        """Tell what became of it."""
        self._end(outcome_of(result))

    def failed(self, error: BaseException) -> None:
        """Tell that its outcome could not be recorded."""
        if self._span.is_recording():
            self._span.set_attribute("error.type", type(error).__name__)
            self._span.set_status(Status(StatusCode.ERROR))

    def _end(self, outcome: str) -> None:
        if self._span.is_recording():
            self._span.set_attribute("iomconnector.outcome", outcome)
            if outcome != "exported":
                self._span.set_status(Status(StatusCode.ERROR))


def outcome_of(result: ExportResult) -> str:
    """What became of an attempt: ``exported``, ``parked``, ``postponed``, or ``lost`` to another process."""
    if result.lost_lease:
        return "lost"
    return "postponed" if result.state.value == "due" else result.state.value


class Telemetry:
    """Log context, spans and metrics of one system.

    Arguments:
        pipeline: Where spans go.
        organization_of: Gives the organization of a channel, for the log.
    """

    def __init__(
        self,
        pipeline: SpanPipeline | None = None,
        organization_of: OrganizationOf | None = None,
    ) -> None:
        self._pipeline = pipeline or NoPipeline()
        self._organization_of = organization_of
        self._organizations: dict[str, str | None] = {}
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
                under_way = AttemptUnderWay(span)
                try:
                    yield under_way
                except BaseException as error:
                    under_way.failed(error)
                    raise
        finally:
            AT_WORK.reset(at_work)

    def calling(self, request: OutgoingRequest) -> AbstractContextManager[RequestUnderWay]:
        """Send a request to another system inside the block, with the headers that it gives."""
        return client_span(self.tracer, request)

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

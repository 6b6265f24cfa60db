"""An attempt to export an order that is being observed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from opentelemetry.trace import Span, Status, StatusCode

if TYPE_CHECKING:
    from iomconnector.observability.metrics import Metrics
    from iomconnector.ports.export_ledger import Claim
    from iomconnector.usecases.export_orders import ExportResult


class AttemptUnderWay:
    """An attempt on an order that is being observed.

    Arguments:
        claim: The attempt.
        span: Its span.
        metrics: Where it is counted.
        now: Tells the time.
    """

    def __init__(self, claim: Claim, span: Span, metrics: Metrics, now: Callable[[], datetime]) -> None:
        self._request = claim.request
        self._span = span
        self._metrics = metrics
        self._now = now
        self._began = perf_counter()

    def ended(self, result: ExportResult) -> None:
        """Tell what became of it."""
        outcome = outcome_of(result)
        self._end(outcome)
        channel = self._request.channel
        self._metrics.attempt_seconds.labels(channel).observe(perf_counter() - self._began)
        if outcome == "lost":
            self._metrics.leases_lost.labels(channel).inc()
        elif outcome == "exported":
            took = (self._now() - self._request.requested_at).total_seconds()
            self._metrics.placed_to_exported.labels(channel).observe(max(0.0, took))

    def failed(self, error: BaseException) -> None:
        """Tell that its outcome could not be recorded."""
        if self._span.is_recording():
            self._span.set_attribute("error.type", type(error).__name__)
            self._span.set_status(Status(StatusCode.ERROR))

    def _end(self, outcome: str) -> None:
        self._metrics.exports.labels(self._request.channel, outcome).inc()
        if self._span.is_recording():
            self._span.set_attribute("iomconnector.outcome", outcome)
            if outcome != "exported":
                self._span.set_status(Status(StatusCode.ERROR))


def outcome_of(result: ExportResult) -> str:
    """What became of an attempt: ``exported``, ``parked``, ``postponed``, or ``lost`` to another process."""
    if result.lost_lease:
        return "lost"
    return "postponed" if result.state.value == "due" else result.state.value

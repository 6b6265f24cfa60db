"""What it costs to watch the export of an order: log context, spans, metrics."""

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.observability.otlp import OtlpPipeline
from iomconnector.observability.outgoing import OutgoingRequest
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.export_ledger import Claim
from iomconnector.usecases.export_orders import ExportResult

WATCH_OFF: Final = "watching it: log context and metrics, no tracing"
WATCH_ON: Final = "watching it, spans sent to a collector"
TRACE_PARENT: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def watching(telemetry: Telemetry) -> Callable[[PlacedOrder], Awaitable[None]]:
    """Watch an attempt with one request, and nothing else."""

    async def watch(placed: PlacedOrder) -> None:
        claim = _claim(placed)
        channel = placed.order.channel
        async with telemetry.working_on(claim) as attempt:
            request = OutgoingRequest(
                "iom-order-export", channel, "POST", "/shops/{shop}/orders", "https://iom.example.com", "m-1"
            )
            with telemetry.calling(request) as under_way:
                under_way.answered(201)
            attempt.ended(ExportResult(claim, ExportState.EXPORTED))

    return watch


def telemetry_to(collector: str) -> Telemetry:
    """Telemetry whose spans go to a server.

    Arguments:
        collector: The URL below which it takes them.
    """
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector
    return Telemetry(OtlpPipeline("benchmark"))


def _claim(placed: PlacedOrder) -> Claim:
    now = datetime.now(UTC)
    request = ExportRequest(
        order_id=1,
        channel=placed.order.channel,
        number=placed.order.number,
        state=ExportState.SENDING,
        attempts=1,
        unclear=False,
        due_at=now,
        lease_until=now,
        reference=None,
        reason_code=None,
        reason=None,
        requested_at=now,
        updated_at=now,
        exported_at=None,
        trace_parent=TRACE_PARENT,
    )
    return Claim(request, placed, "token", False, "worker", now)

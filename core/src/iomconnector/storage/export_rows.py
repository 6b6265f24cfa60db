"""Exports as lists show them, as rows: nothing is read of what is in an order."""

from typing import Any

from sqlalchemy import Row, Select, select

from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import (
    ExportAttempt,
    ExportPause,
    ExportState,
    OrderCorrection,
)
from iomconnector.storage.order_rows import request_from
from iomconnector.storage.tables import export_requests, orders


def summary_rows() -> Select[Any]:
    """Select exports without the content of their orders."""
    return select(
        orders.c.number, orders.c.placed_at, orders.c.customer, orders.c.erased_at, export_requests
    ).join(export_requests, export_requests.c.order_id == orders.c.id)


def summary_from(row: Row[Any]) -> ExportSummary:
    """The export of a row of :func:`summary_rows`."""
    return ExportSummary(request_from(row), row.placed_at, row.customer, row.erased_at)


def attempt_from(row: Row[Any]) -> ExportAttempt:
    """The attempt of a row of its table."""
    return ExportAttempt(
        order_id=row.order_id,
        attempt=row.attempt,
        worker=row.worker,
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        outcome=ExportState(row.outcome),
        code=row.code,
        reason=row.reason,
        trace_id=row.trace_id,
    )


def correction_from(row: Row[Any]) -> OrderCorrection:
    """The correction of a row of its table, whose previous content comes as bytes."""
    return OrderCorrection(
        order_id=row.order_id,
        revision=row.revision,
        corrected_by=row.corrected_by,
        corrected_at=row.corrected_at,
        reason=row.reason,
        content_before=bytes(row.content_before).decode("utf-8", "replace"),
    )


def pause_from(row: Row[Any]) -> ExportPause:
    """The pause of a row of its table."""
    return ExportPause(row.channel, row.paused_by, row.paused_at, row.reason)

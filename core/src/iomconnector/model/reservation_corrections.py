"""What the audit trail says when an order gets the id of a reservation that was made anew."""

from datetime import datetime

from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportRequest


def reservation_corrected(request: ExportRequest, *, by: str, at: datetime, reason: str) -> AuditEntry:
    """The entry; ``request`` is the export as it stood before, where it stands still."""
    return AuditEntry(
        at,
        by,
        "order.corrected",
        request.number,
        request.channel,
        {
            "revision": (request.revision, request.revision + 1),
            "fields": (None, ["reservation_id"]),
            "reason": (None, reason),
        },
    )

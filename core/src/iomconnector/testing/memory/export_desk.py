"""What operators change about exports, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from iomconnector.model.export_acts import (
    CORRECTABLE,
    GIVEN_UP,
    GIVEN_UP_UNAPPROVED,
    ActOrder,
    Correction,
    ExportAct,
    made_due,
)
from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import ExportRequest, ExportState, OrderCorrection
from iomconnector.model.order_documents import digest_of, dump_order
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.order_rows import MemoryShop


class MemoryExportDesk:
    """Implements :class:`~iomconnector.ports.export_desk.ExportDesk` for the orders of a shop.

    Arguments:
        shop: The shop.
        audit_trail: Where it is recorded who did what.
    """

    def __init__(self, shop: MemoryShop, audit_trail: MemoryAuditTrail) -> None:
        self._shop = shop
        self._audit_trail = audit_trail

    async def act(self, order_ids: Sequence[int], todo: ActOrder) -> Sequence[ExportSummary]:
        """Do something with those of the exports with which it can be done at this moment."""
        changed = []
        for order_id in sorted(set(order_ids)):
            row = self._shop.get(order_id)
            if row is not None and todo.permits(row.summary):
                changed.append(row.summary)
                row.request = _after(row.request, todo)
        self._audit_trail.append(*(todo.entry(each) for each in changed))
        return changed

    async def correct(self, correction: Correction) -> bool:
        """Replace the content of an order and make it due; what stood there is kept."""
        row = self._shop.get(correction.order_id)
        if row is None or row.erased_at is not None:
            return False
        if row.request.state not in CORRECTABLE or row.request.revision != correction.revision:
            return False
        row.corrections.append(
            OrderCorrection(
                order_id=correction.order_id,
                revision=correction.revision + 1,
                corrected_by=correction.by,
                corrected_at=correction.at,
                reason=correction.reason,
                content_before=dump_order(row.order),
            )
        )
        self._audit_trail.append(correction.entry(row.request))
        row.digests_before.append(row.digest)
        row.order, row.digest = correction.order, digest_of(correction.order)
        row.request = replace(_made_due(row.request, correction.at), revision=correction.revision + 1)
        return True


def _after(request: ExportRequest, todo: ActOrder) -> ExportRequest:
    if todo.act is ExportAct.EXPEDITE:
        return replace(request, due_at=todo.at)
    if todo.act is not ExportAct.GIVE_UP:
        return _made_due(request, todo.at)
    unapproved = request.state is ExportState.WAITING_FOR_APPROVAL
    return replace(
        request,
        state=ExportState.GIVEN_UP,
        reason_code=GIVEN_UP_UNAPPROVED if unapproved else GIVEN_UP,
        reason=todo.reason,
        updated_at=todo.at,
    )


def _made_due(request: ExportRequest, at: datetime) -> ExportRequest:
    return replace(
        request,
        state=made_due(request),
        unclear=True,
        failures=0,
        abandoned=0,
        reason_code=None,
        reason=None,
        due_at=at,
        updated_at=at,
    )

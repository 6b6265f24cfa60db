"""What commands tell of an order and of the messages about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.ports.export_queries import UnreadableOrder
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.approve_orders import open_step


def order_facts(summary: ExportSummary, order: StoredOrder | UnreadableOrder | None) -> dict[str, Any]:
    """An order and its export, ready for JSON; the names are stable.

    Arguments:
        summary: Where its export stands.
        order: The order; where it cannot be read, ``trouble`` says why.
    """
    request = summary.request
    erased_at = order.placed.erased_at if isinstance(order, StoredOrder) else None
    return {
        "number": request.number,
        "channel": request.channel,
        "key": request.order_id,
        "customer": summary.customer,
        "total": total_of(order),
        "state": request.state.value,
        "waits_for": _waits_for(request, order),
        "reason_code": request.reason_code,
        "reason": request.reason,
        "trouble": order.problem if isinstance(order, UnreadableOrder) else None,
        "attempts": request.attempts,
        "failures": request.failures,
        "corrections": request.revision,
        "outcome_unclear": request.unclear,
        "reference": request.reference,
        "placed_at": summary.placed_at.isoformat(),
        "requested_at": request.requested_at.isoformat(),
        "updated_at": request.updated_at.isoformat(),
        "due_at": request.due_at.isoformat() if request.state is ExportState.DUE else None,
        "worker": request.held_by,
        "lease_until": request.lease_until.isoformat() if request.lease_until else None,
        "exported_at": request.exported_at.isoformat() if request.exported_at else None,
        "erased_at": erased_at.isoformat() if erased_at else None,
        "decisions": [
            {
                "kind": each.kind.value,
                "decision": each.decision.value,
                "by": each.decided_by,
                "at": each.decided_at.isoformat(),
                "comment": each.comment,
            }
            for each in (order.placed.decisions if isinstance(order, StoredOrder) else ())
        ],
    }


def message_facts(message: Message) -> dict[str, Any]:
    """A message, ready for JSON; the names are stable."""
    return {
        "message_id": message.message_id,
        "at": message.at.isoformat(),
        "attempt": message.attempt,
        "trace_id": message.trace_id,
        "method": message.method,
        "url": message.url,
        "request_headers": dict(message.request_headers),
        "request_body": message.request_body,
        "status": message.status,
        "response_headers": dict(message.response_headers),
        "response_body": message.response_body,
        "error": message.error,
        "duration_ms": message.duration_ms,
    }


def total_of(order: StoredOrder | UnreadableOrder | None) -> str:
    """What is to be paid, with its currency; gross where there is a gross total; empty where unknown."""
    if not isinstance(order, StoredOrder):
        return ""
    return str(order.placed.order.total.to_pay)


def readable(fact: object) -> str:
    """A fact for people: a time without parts of seconds, yes or no for a truth value."""
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, dict):
        return f"{fact['kind'].replace('_', ' ')} approval by {' or '.join(fact['approvers'])}"
    text = str(fact)
    try:
        return f"{datetime.fromisoformat(text):%F %T %Z}" if "T" in text else text
    except ValueError:
        return text


def _waits_for(request: ExportRequest, order: StoredOrder | UnreadableOrder | None) -> dict[str, Any] | None:
    if request.state is not ExportState.WAITING_FOR_APPROVAL or not isinstance(order, StoredOrder):
        return None
    waiting = open_step(order.placed)
    if waiting is None:
        return None
    _, step = waiting
    return {"kind": step.kind.value, "approvers": list(step.approvers)}

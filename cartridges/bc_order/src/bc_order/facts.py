"""What commands tell of an order and of the messages about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from iomconnector.model.exports import ExportState
from iomconnector.ports.message_log import Message
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.approve_orders import open_step


def order_facts(stored: StoredOrder) -> dict[str, Any]:
    """An order and its export, ready for JSON; the names are stable."""
    request = stored.request
    return {
        "number": request.number,
        "channel": request.channel,
        "key": request.order_id,
        "total": total_of(stored),
        "state": request.state.value,
        "waits_for": _waits_for(stored),
        "reason_code": request.reason_code,
        "reason": request.reason,
        "attempts": request.attempts,
        "outcome_unclear": request.unclear,
        "reference": request.reference,
        "requested_at": request.requested_at.isoformat(),
        "updated_at": request.updated_at.isoformat(),
        "due_at": request.due_at.isoformat() if request.state is ExportState.DUE else None,
        "exported_at": request.exported_at.isoformat() if request.exported_at else None,
        "erased_at": stored.placed.erased_at.isoformat() if stored.placed.erased_at else None,
        "decisions": [
            {
                "kind": each.kind.value,
                "decision": each.decision.value,
                "by": each.decided_by,
                "at": each.decided_at.isoformat(),
                "comment": each.comment,
            }
            for each in stored.placed.decisions
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


def total_of(stored: StoredOrder) -> str:
    """What is to be paid, with its currency; gross where there is a gross total."""
    total = stored.placed.order.total
    price = total.gross or total.net
    return str(price.discounted or price.amount) if price else ""


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


def _waits_for(stored: StoredOrder) -> dict[str, Any] | None:
    if stored.request.state is not ExportState.WAITING_FOR_APPROVAL:
        return None
    waiting = open_step(stored.placed)
    if waiting is None:
        return None
    _, step = waiting
    return {"kind": step.kind.value, "approvers": list(step.approvers)}

"""The life of an order as its customer reads it: what happened when, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Any

from iomconnector.model.approvals import Decision
from iomconnector.model.exports import ExportState
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import Cancellation, Dispatch, GoodsReturn, PositionState


class EventKind(StrEnum):
    """What can happen to an order; templates have the words."""

    PLACED = "placed"
    APPROVED = "approved"
    REJECTED = "rejected"
    AWAITED = "awaited"
    HANDED_OVER = "handed over"
    COMMISSIONED = "commissioned"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    RETURNED = "returned"


_SEQUENCE: Mapping[EventKind, int] = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something that happened to an order.

    Arguments:
        kind: What.
        at: When; none where nobody says it.
        quantity: How many pieces; none where it is about the whole order.
        by: Who did it: an approver or a supplier; empty where nobody is named.
        details: What is known of ``comment``, ``carrier``, ``delivery_note``, ``reason`` and ``status``.
        products: The names of the products, where it is not about the whole order.
    """

    kind: EventKind
    at: datetime | None
    quantity: int | None = None
    by: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    products: Sequence[str] = ()


def timeline(view: OrderView) -> list[OrderEvent]:
    """What happened to an order, oldest first; what has no time stands at the end.

    What happened to several lines at once, such as everything in one parcel, is one event.
    """
    events = [*_in_the_shop(view), *_grouped(_at_positions(view))]
    return sorted(
        events,
        key=lambda event: (event.at is None, event.at or view.order.created_at, _SEQUENCE[event.kind]),
    )


def _in_the_shop(view: OrderView) -> Iterator[OrderEvent]:
    yield OrderEvent(EventKind.PLACED, view.order.created_at)
    for decision in view.placed.decisions:
        kind = EventKind.APPROVED if decision.decision is Decision.APPROVED else EventKind.REJECTED
        yield OrderEvent(
            kind, decision.decided_at, by=decision.decided_by, details=_known(comment=decision.comment)
        )
    if view.request.state is ExportState.WAITING_FOR_APPROVAL:
        yield OrderEvent(EventKind.AWAITED, None, by=" / ".join(_awaited(view)))
    if view.request.exported_at is not None:
        yield OrderEvent(EventKind.HANDED_OVER, view.request.exported_at)


def _awaited(view: OrderView) -> Sequence[str]:
    """Who may decide on the first step that nobody decided on."""
    decided = {decision.step for decision in view.placed.decisions}
    steps = enumerate(view.order.approval_steps)
    return next((step.approvers for index, step in steps if index not in decided), ())


def _at_positions(view: OrderView) -> Iterator[OrderEvent]:
    for position in view.state.positions if view.state else ():
        if position.commissioned_at is not None:
            yield _event(position, EventKind.COMMISSIONED, position.commissioned_at, None)
        if position.confirmed_at is not None and position.confirmed_quantity:
            yield _event(position, EventKind.CONFIRMED, position.confirmed_at, position.confirmed_quantity)
        for each in _happened(position):
            yield _event(position, *_what(each), details=_about(each))


def _event(
    position: PositionState,
    kind: EventKind,
    at: datetime | None,
    quantity: int | None,
    details: Mapping[str, str | None] = MappingProxyType({}),
) -> OrderEvent:
    products = (position.name or position.sku,)
    return OrderEvent(kind, at, quantity, position.supplier or "", _known(**details), products)


def _happened(position: PositionState) -> Iterator[Dispatch | Cancellation | GoodsReturn]:
    yield from position.dispatches
    yield from position.cancellations
    yield from position.returns


def _what(part: Dispatch | Cancellation | GoodsReturn) -> tuple[EventKind, datetime | None, int]:
    if isinstance(part, Dispatch):
        return EventKind.SHIPPED, part.at, part.quantity
    kind = EventKind.CANCELLED if isinstance(part, Cancellation) else EventKind.RETURNED
    return kind, part.at, part.quantity


def _about(part: Dispatch | Cancellation | GoodsReturn) -> dict[str, str | None]:
    if isinstance(part, Dispatch):
        return {"carrier": part.carrier, "delivery_note": part.delivery_note}
    if isinstance(part, Cancellation):
        return {"reason": part.reason or part.reason_code}
    return {"reason": part.reason, "status": part.status}


def _known(**details: str | None) -> dict[str, str]:
    return {name: text for name, text in details.items() if text}


def _grouped(events: Iterator[OrderEvent]) -> Iterator[OrderEvent]:
    """One event for all that differ in products and quantity only."""

    def key(event: OrderEvent) -> Any:
        at = event.at.isoformat() if event.at else ""
        return (event.kind, at, event.by, sorted(event.details.items()))

    for _, same in groupby(sorted(events, key=key), key):
        together = list(same)
        counted = [each.quantity for each in together if each.quantity is not None]
        products = dict.fromkeys(name for each in together for name in each.products)
        first = together[0]
        yield OrderEvent(
            first.kind,
            first.at,
            sum(counted) if counted else None,
            first.by,
            first.details,
            tuple(products),
        )

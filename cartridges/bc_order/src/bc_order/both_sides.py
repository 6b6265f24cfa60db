"""An order as the shop has it beside what the order management system says, with the differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.line_items import LineItem
from iomconnector.model.money import Money
from iomconnector.model.order_states import OrderState, PositionState
from iomconnector.model.orders import Order

NOTHING = "-"
"""Where a side says nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact on both sides.

    Arguments:
        what: The fact.
        shop: What the shop has.
        theirs: What the order management system has.
        differs: Whether one contradicts the other; what one side alone knows does not.
    """

    what: str
    shop: str
    theirs: str
    differs: bool = False


def missing_there(request: ExportRequest) -> Sequence[Compared]:
    """What differs where the order management system answered and has no such order."""
    if request.state is not ExportState.EXPORTED:
        return ()
    return (Compared("status", request.state.value, "not there", True),)


def both_sides(request: ExportRequest, order: Order | None, state: OrderState) -> Sequence[Compared]:
    """Lay both sides of an order beside each other.

    Arguments:
        request: Where its export stands.
        order: What was ordered; none where it cannot be read.
        state: What the order management system knows.
    """
    status = f"{state.status.text()} ({state.status.code})"
    exported = request.state is ExportState.EXPORTED
    first = Compared("status", request.state.value, status, not exported)
    payment = state.payment
    paid = f"{payment.status.value}, {payment.paid} of {payment.due}" if payment else NOTHING
    if order is None:
        return [first, Compared("payment", NOTHING, paid)]
    return [
        first,
        _compared_time("created", order.created_at, state.created_at),
        _compared("customer", order.customer.number or "", state.customer),
        _compared_money("total", order.total.to_pay, state.total),
        Compared("payment", ", ".join(each.service_id for each in order.payments) or NOTHING, paid),
        *_positions(list(order.line_items), state.positions),
    ]


def _compared(what: str, ours: str, theirs: str | None) -> Compared:
    return Compared(what, ours or NOTHING, theirs or NOTHING, bool(theirs) and ours != theirs)


def _compared_time(what: str, ours: datetime, theirs: datetime | None) -> Compared:
    """Parts of a second are lost on the way, and are no difference."""
    apart = theirs is not None and abs((ours - theirs).total_seconds()) >= 1
    return Compared(what, _moment(ours), _moment(theirs) if theirs else NOTHING, apart)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%F %T}"


def _compared_money(what: str, ours: Money, theirs: Money | None) -> Compared:
    return Compared(what, str(ours), str(theirs or NOTHING), theirs is not None and ours != theirs)


def _positions(items: Sequence[LineItem], states: Sequence[PositionState]) -> list[Compared]:
    numbers = {item.position for item in items}
    lines = [_line(item, [each for each in states if each.position == item.position]) for item in items]
    added = [each for each in states if each.position not in numbers]
    return [
        *lines,
        *(
            Compared(f"position {each.position or '?'}", NOTHING, f"{each.sku}: {_pieces([each])}", True)
            for each in added
        ),
    ]


def _line(item: LineItem, states: Sequence[PositionState]) -> Compared:
    what = f"position {item.position}"
    ours = f"{item.product.sku}: {item.quantity.value.normalize():f} ordered"
    if not states:
        return Compared(what, ours, NOTHING, True)
    skus = list(dict.fromkeys(each.sku for each in states))
    ordered = _ordered(states)
    sent = sum(each.dispatched_quantity for each in states)
    differs = (
        skus != [item.product.sku]
        or (ordered is not None and Decimal(ordered) != item.quantity.value)
        or sent > item.quantity.value
        or any(each.cancelled_quantity or each.returned_quantity for each in states)
    )
    return Compared(what, ours, f"{' + '.join(skus)}: {_pieces(states)}", differs)


def _ordered(states: Sequence[PositionState]) -> int | None:
    known = [each.ordered for each in states if each.ordered is not None]
    return sum(known) if known else None


def _pieces(states: Sequence[PositionState]) -> str:
    ordered = _ordered(states)
    told = [f"{ordered} ordered"] if ordered is not None else []
    for name, count in (
        ("confirmed", sum(each.confirmed_quantity for each in states)),
        ("cancelled", sum(each.cancelled_quantity for each in states)),
        ("dispatched", sum(each.dispatched_quantity for each in states)),
        ("returned", sum(each.returned_quantity for each in states)),
    ):
        if count:
            told.append(f"{count} {name}")
    statuses = dict.fromkeys(each.status.text() for each in states)
    return f"{', '.join(told)} ({', '.join(statuses)})" if told else ", ".join(statuses)

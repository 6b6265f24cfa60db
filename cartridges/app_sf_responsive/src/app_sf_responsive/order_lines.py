"""The lines of an order with what became of each: confirmed, shipped, returned, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from iomconnector.model.line_items import LineItem
from iomconnector.model.money import Money
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import PositionState
from iomconnector.model.order_status import StatusName


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order.

    Arguments:
        position: Its number; none where the order management system gave it none.
        sku: The product.
        name: The product's name.
        ordered: How much was ordered; none where nobody says it.
        unit: The unit of the quantities; empty where there is none.
        price: What the line costs; none where it is not of the shop's order.
        gross: Whether the price includes tax.
        states: What became of it: one for each supplier, none where nothing is known.
    """

    position: int | None
    sku: str
    name: str
    ordered: Decimal | None
    unit: str
    price: Money | None
    gross: bool
    states: Sequence[PositionState]

    @property
    def confirmed(self) -> int:
        """Pieces that suppliers promised."""
        return sum(each.confirmed_quantity for each in self.states)

    @property
    def shipped(self) -> int:
        """Pieces that were sent."""
        return sum(each.dispatched_quantity for each in self.states)

    @property
    def returned(self) -> int:
        """Pieces that came back."""
        return sum(each.returned_quantity for each in self.states)

    @property
    def cancelled(self) -> int:
        """Pieces that will not come."""
        return sum(each.cancelled_quantity for each in self.states)

    @property
    def suppliers(self) -> list[str]:
        """Who delivers it, each once, in the order in which they are named."""
        return list(dict.fromkeys(each.supplier for each in self.states if each.supplier))

    @property
    def statuses(self) -> list[StatusName]:
        """Where it stands, each status once."""
        return list({each.status.code: each.status for each in self.states}.values())


def order_lines(view: OrderView) -> list[OrderLine]:
    """The lines of an order as they were ordered; below them what is delivered and was not ordered so.

    A position of the order management system belongs to the line with its number; one without a number, or
    with one that the order does not have, to the first line of its product.
    """
    items = list(view.order.line_items)
    states: dict[int, list[PositionState]] = {item.position: [] for item in items}
    added: dict[str, list[PositionState]] = {}
    for state in view.state.positions if view.state else ():
        position = _position_of(state, items)
        if position is None:
            added.setdefault(state.sku, []).append(state)
        else:
            states[position].append(state)
    return [
        *(_ordered_line(item, states[item.position]) for item in items),
        *(_added_line(found) for found in added.values()),
    ]


def _position_of(state: PositionState, items: Sequence[LineItem]) -> int | None:
    if any(item.position == state.position for item in items):
        return state.position
    return next((item.position for item in items if item.product.sku == state.sku), None)


def _ordered_line(item: LineItem, states: Sequence[PositionState]) -> OrderLine:
    return OrderLine(
        position=item.position,
        sku=item.product.sku,
        name=item.product.name,
        ordered=item.quantity.value,
        unit=item.quantity.unit or "",
        price=item.price.to_pay,
        gross=item.price.gross is not None,
        states=states,
    )


def _added_line(states: Sequence[PositionState]) -> OrderLine:
    first = states[0]
    known = [each.ordered for each in states if each.ordered is not None]
    return OrderLine(
        position=first.position,
        sku=first.sku,
        name=first.name or first.sku,
        ordered=Decimal(sum(known)) if known else None,
        unit=first.unit or "",
        price=None,
        gross=True,
        states=states,
    )

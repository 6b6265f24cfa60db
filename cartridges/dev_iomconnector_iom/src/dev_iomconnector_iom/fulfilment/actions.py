"""What people do to an order: approve, cancel, dispatch, take back, write notes, book payments."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.fulfilment import accounts, states
from dev_iomconnector_iom.fulfilment.parcels import Parcel, captures, dispatch
from dev_iomconnector_iom.fulfilment.progress import (
    Cancellation,
    DocumentRecord,
    GoodsReturn,
    Note,
    OrderInHand,
    PaymentEvent,
    PositionProgress,
)

_TYPES_WITHOUT_CREDIT_NOTE = ("CAN", "RCL")
"""Cancellations and recalls get no credit note. [iom-api 5]"""


class ActionRefusedError(Exception):
    """The order is not in a state in which this can be done; the text says why."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Some pieces of a position.

    Arguments:
        position: The number of the position; positions without one are counted from 1.
        quantity: How many pieces; None takes all that there are.
        serial_numbers: Their serial numbers, if they are counted one by one.
    """

    position: int
    quantity: int | None = None
    serial_numbers: tuple[str, ...] = ()


def decide_approval(order: OrderInHand, now: datetime, *, approved: bool) -> None:
    """Approve an order that waits for it, or reject it, which cancels all of it.

    Raises:
        ActionRefusedError: The order does not wait for an approval, or not any more.
    """
    progress = order.progress
    if progress.stage != states.DO_APPROVE or progress.approved is not None:
        raise ActionRefusedError(
            f"The order is in state {states.order_state(progress)} and waits for no approval."
        )
    progress.approved = approved
    if not approved:
        for each in progress.positions:
            if each.open:
                each.cancellations.append(_cancellation(each.open, "CAN990", "Approval refused", now))


def cancel(order: OrderInHand, pieces: Sequence[Pieces], reason: str, text: str, now: datetime) -> None:
    """Cancel pieces that were not dispatched; without pieces, all of them.

    Raises:
        ActionRefusedError: There are fewer open pieces, or none.
    """
    for index, quantity in _resolve(order, pieces, "open").items():
        order.progress.positions[index].cancellations.append(_cancellation(quantity, reason, text, now))


def send_parcel(
    order: OrderInHand,
    shop: ShopConfig,
    pieces: Sequence[Pieces],
    now: datetime,
    *,
    carrier: str = "",
    tracking_number: str = "",
    packages: int = 1,
) -> None:
    """Dispatch open pieces of a commissioned order; without pieces, all of them.

    Raises:
        ActionRefusedError: The order is not commissioned yet, or there are fewer open pieces.
    """
    if order.progress.stage != states.COMMISSIONED:
        raise ActionRefusedError(
            f"The order is in state {states.order_state(order.progress)}; it must be COMMISSIONED first."
        )
    parcel = Parcel(
        _resolve(order, pieces, "open"),
        carrier=carrier,
        tracking_number=tracking_number,
        packages=packages,
        serial_numbers={
            _index_of(order, each.position): list(each.serial_numbers)
            for each in pieces
            if each.serial_numbers
        },
    )
    dispatch(order, shop, parcel, now)


def take_back(
    order: OrderInHand, shop: ShopConfig, pieces: Sequence[Pieces], reason: str, kind: str, now: datetime
) -> None:
    """Take dispatched pieces back; without pieces, all of them.

    Arguments:
        reason: A return reason as ``RET010``.
        kind: A return type: CAN, RCL, INV, RET or DEF. [iom-api 2.6]

    Raises:
        ActionRefusedError: Fewer pieces were dispatched and not returned yet.
    """
    resolved = _resolve(order, pieces, "returnable")
    serials = {_index_of(order, each.position): list(each.serial_numbers) for each in pieces}
    for index, quantity in resolved.items():
        order.progress.positions[index].returns.append(
            GoodsReturn(
                quantity=quantity,
                entered_at=now,
                reason=reason,
                type=kind,
                refund_net=accounts.refund_net(order.document, index, quantity),
                serial_numbers=serials.get(index, []),
            )
        )
    if kind not in _TYPES_WITHOUT_CREDIT_NOTE:
        accounts.credit(
            order.document, order.id, order.progress, resolved, now, captures=captures(order.document, shop)
        )


def add_note(order: OrderInHand, message: str, kind: str, now: datetime) -> None:
    """Write a note on the order."""
    order.progress.notes.append(Note(message=message, type=kind, created_at=now))


def add_document(
    order: OrderInHand,
    kind: str,
    title: str,
    lines: Sequence[str],
    now: datetime,
    *,
    content: bytes | None = None,
) -> None:
    """Add a document; it is served as PDF, made of the lines or as given."""
    given = None if content is None else base64.b64encode(content)
    order.progress.documents.append(
        DocumentRecord(type=kind, title=title, lines=list(lines), created_at=now, content=given)
    )


def book_payment(order: OrderInHand, amount: Decimal, comment: str, now: datetime) -> None:
    """Book money that came in outside of captures, as for an invoice that was paid."""
    order.progress.payments.append(
        PaymentEvent(amount=amount, type="INBOUND", action="CAPTURE", created_at=now, comment=comment or None)
    )


def _cancellation(quantity: int, reason: str, text: str, now: datetime) -> Cancellation:
    return Cancellation(quantity=quantity, reason=reason, text=text, cancelled_at=now)


def _available(position: PositionProgress, which: str) -> int:
    return position.open if which == "open" else position.dispatched - position.returned


def _index_of(order: OrderInHand, number: int) -> int:
    for index, each in enumerate(order.progress.positions):
        if each.number == number:
            return index
    known = ", ".join(str(each.number) for each in order.progress.positions)
    raise ActionRefusedError(f"The order has no position {number}, only {known or 'none'}.")


def _resolve(order: OrderInHand, pieces: Sequence[Pieces], which: str) -> dict[int, int]:
    """Quantities by index; each is checked against what is open or returnable."""
    positions = order.progress.positions
    if pieces:
        wanted: dict[int, int] = {}
        for each in pieces:
            index = _index_of(order, each.position)
            quantity = each.quantity if each.quantity is not None else _available(positions[index], which)
            wanted[index] = wanted.get(index, 0) + quantity
    else:
        wanted = {index: _available(each, which) for index, each in enumerate(positions)}
        wanted = {index: quantity for index, quantity in wanted.items() if quantity}
    if not wanted:
        raise ActionRefusedError(f"The order has no {which} pieces.")
    for index, quantity in wanted.items():
        available = _available(positions[index], which)
        if not 0 < quantity <= available:
            raise ActionRefusedError(
                f"Position {positions[index].number} has {available} {which} pieces, not {quantity}."
            )
    return wanted

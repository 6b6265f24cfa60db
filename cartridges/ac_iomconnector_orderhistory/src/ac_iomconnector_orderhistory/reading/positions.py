"""What became of the lines of an order. [iom-api 1.1, OrderStatePosition]"""

from collections.abc import Iterator
from functools import partial

from ac_iomconnector_common.order_statuses import OrderStatusTable
from ac_iomconnector_orderhistory.reading.parts import (
    Part,
    amount,
    day,
    moment,
    money,
    part,
    parts,
    read_or_none,
    text,
    whole,
)
from iomconnector.model.order_states import (
    Cancellation,
    ConfirmedQuantity,
    Dispatch,
    GoodsReturn,
    PositionState,
    Tracking,
)

UNNAMED = "?"


def positions_of(state: Part, statuses: OrderStatusTable, currency: str | None) -> Iterator[PositionState]:
    """The positions of all shipping buckets; one that cannot be read is left out."""
    for bucket in parts(state, "shippingBuckets"):
        for each in parts(bucket, "positions"):
            found = read_or_none(partial(_position, each, statuses, currency))
            if found is not None:
                yield found


def _position(each: Part, statuses: OrderStatusTable, currency: str | None) -> PositionState:
    product, confirmed, supplier = part(each, "product"), part(each, "confirmed"), part(each, "commissioned")
    number = text(product, "number") or UNNAMED
    return PositionState(
        position=whole(each, "number"),
        sku=number,
        name=text(product, "name") or number,
        unit=text(each, "productUnit"),
        status=statuses.named(text(each, "status") or UNNAMED),
        ordered=whole(part(each, "ordered"), "quantity"),
        supplier=text(supplier, "name"),
        commissioned_at=moment(supplier, "commissionDate"),
        confirmed_at=moment(confirmed, "confirmationDate"),
        confirmed=tuple(_confirmed(confirmed)),
        cancellations=tuple(_cancellations(confirmed)),
        dispatches=tuple(_dispatches(each)),
        returns=tuple(_returns(each, currency)),
    )


def _confirmed(confirmed: Part) -> Iterator[ConfirmedQuantity]:
    for each in parts(confirmed, "quantities"):
        quantity = whole(each, "value")
        if quantity is not None:
            yield ConfirmedQuantity(quantity=quantity, planned_delivery=day(each, "plannedDeliveryDate"))


def _cancellations(confirmed: Part) -> Iterator[Cancellation]:
    for each in parts(confirmed, "cancelled"):
        quantity, reason = whole(each, "quantity"), part(each, "reason")
        if quantity is not None:
            yield Cancellation(
                quantity=quantity,
                at=moment(each, "cancelDate"),
                reason_code=text(reason, "id"),
                reason=text(reason, "value"),
            )


def _dispatches(position: Part) -> Iterator[Dispatch]:
    for each in parts(position, "dispatched"):
        quantity, at = whole(each, "quantity"), moment(each, "dispatchDate")
        if quantity is None or at is None:
            continue
        carrier = part(each, "carrier")
        tracking = part(carrier, "shipmentTracking")
        number = text(tracking, "number")
        yield Dispatch(
            quantity=quantity,
            at=at,
            delivery_note=text(each, "deliveryNoteNumber"),
            carrier=text(carrier, "name"),
            packages=whole(carrier, "packages"),
            tracking=Tracking(number=number, url=text(tracking, "url")) if number else None,
            serial_numbers=_serial_numbers(each),
        )


def _returns(position: Part, currency: str | None) -> Iterator[GoodsReturn]:
    """Returns come with a quantity or with units; only their presence tells which. [iom-api 1.1, trap b]"""
    for each in parts(position, "returned"):
        units = list(parts(each, "units"))
        told = units[0] if units else each
        quantity = whole(each, "quantity") or len(units)
        if not quantity:
            continue
        reason = part(told, "returnReason")
        yield GoodsReturn(
            quantity=quantity,
            status=text(each, "status") or UNNAMED,
            at=moment(each, "supplierEntryDate"),
            reason=text(reason, "value"),
            kind=text(reason, "type"),
            refund_net=money(amount(part(told, "payment"), "refundNet"), currency),
            serial_numbers=_serial_numbers(each),
        )


def _serial_numbers(document: Part) -> tuple[str, ...]:
    return tuple(number for unit in parts(document, "units") if (number := text(unit, "serialNumber")))

"""Dispatching goods: parcels, delivery notes, tracking, and the invoice that follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dev_iomconnector_iom.config import ShopConfig
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.fulfilment import accounts
from dev_iomconnector_iom.fulfilment.progress import Dispatch, DocumentRecord, OrderInHand


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as its sender describes it.

    Arguments:
        pieces: Pieces by the index of the position.
        carrier: The carrier; empty takes the shop's.
        tracking_number: The tracking number; empty makes one up.
        packages: Number of packages.
        serial_numbers: Serial numbers by the index of the position.
    """

    pieces: dict[int, int]
    carrier: str = ""
    tracking_number: str = ""
    packages: int = 1
    serial_numbers: dict[int, list[str]] = field(default_factory=dict)


def dispatch(order: OrderInHand, shop: ShopConfig, parcel: Parcel, now: datetime) -> None:
    """Send a parcel and invoice it."""
    progress = order.progress
    serial = sum(each.type == "deliveryNote" for each in progress.documents) + 1
    note = f"DN-{order.id}-{serial}"
    tracking = parcel.tracking_number or f"{order.id:010d}{serial:04d}"
    for index, quantity in parcel.pieces.items():
        progress.positions[index].dispatches.append(
            Dispatch(
                quantity=quantity,
                dispatched_at=now,
                delivery_note=note,
                carrier=parcel.carrier or shop.carrier,
                packages=parcel.packages,
                tracking_number=tracking,
                tracking_url=shop.tracking_url.replace("{number}", tracking),
                serial_numbers=parcel.serial_numbers.get(index, []),
            )
        )
    progress.documents.append(
        DocumentRecord(
            type="deliveryNote",
            title=f"Delivery note {note}",
            lines=[
                f"Order {order.document['shopOrderNumber']}",
                *(
                    f"Position {progress.positions[index].number}: {quantity} pieces"
                    for index, quantity in parcel.pieces.items()
                ),
                f"Carrier {parcel.carrier or shop.carrier}, tracking number {tracking}",
            ],
            created_at=now,
        )
    )
    accounts.invoice(
        order.document, order.id, progress, parcel.pieces, now, captures=captures(order.document, shop)
    )


def dispatch_everything_open(order: OrderInHand, shop: ShopConfig, now: datetime) -> None:
    """Send all that is neither dispatched nor cancelled."""
    pieces = {index: each.open for index, each in enumerate(order.progress.positions) if each.open}
    if pieces:
        dispatch(order, shop, Parcel(pieces), now)


def dispatch_first_part(order: OrderInHand, shop: ShopConfig, now: datetime) -> bool:
    """Send the first open position of an order that may be split and of which nothing was sent yet."""
    open_positions = [index for index, each in enumerate(order.progress.positions) if each.open]
    if (
        not order.document.get("splitShipmentAllowed")
        or len(open_positions) < 2
        or any(each.dispatches for each in order.progress.positions)
    ):
        return False
    first = open_positions[0]
    dispatch(order, shop, Parcel({first: order.progress.positions[first].open}), now)
    return True


def captures(document: JsonObject, shop: ShopConfig) -> bool:
    """Whether the order's payment method captures money with the invoice."""
    return document["payment"]["paymentMethod"] in shop.capturing_methods

"""What was sent, parcel by parcel, whatever positions and suppliers it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from iomconnector.model.order_states import Dispatch, PositionState


@dataclass(frozen=True, slots=True)
class Content:
    """Pieces of a product in a parcel.

    Arguments:
        sku: The product.
        name: The product's name.
        quantity: How many pieces.
        serial_numbers: Of the pieces, where they have any.
    """

    sku: str
    name: str
    quantity: int
    serial_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """What left a supplier together.

    Arguments:
        sent_at: When the first of it left.
        contents: What is in it, each product once.
        supplier: Who sent it; empty where nobody says it.
        carrier: Who carries it; empty where nobody says it.
        delivery_note: The number of the delivery note; empty where there is none.
        tracking_number: The carrier's number; empty where there is none.
        url: The address that the order management system names; not checked, empty where there is none.
        packages: In how many packages; none where nobody says it.
    """

    sent_at: datetime
    contents: Sequence[Content]
    supplier: str = ""
    carrier: str = ""
    delivery_note: str = ""
    tracking_number: str = ""
    url: str = ""
    packages: int | None = None

    @property
    def pieces(self) -> int:
        """How many pieces are in it."""
        return sum(each.quantity for each in self.contents)


_Sent = tuple[PositionState, Dispatch]


def parcels(positions: Iterable[PositionState]) -> Sequence[Parcel]:
    """The parcels of an order, the latest first.

    What has the same tracking number and carrier is one parcel, whatever it belongs to. Without a tracking
    number it is what has the same supplier, carrier and delivery note; without that, the same moment.
    """
    together: dict[tuple[str, ...], list[_Sent]] = {}
    for position in positions:
        for dispatch in position.dispatches:
            together.setdefault(_key(position, dispatch), []).append((position, dispatch))
    return sorted(map(_parcel, together.values()), key=_place, reverse=True)


def _key(position: PositionState, dispatch: Dispatch) -> tuple[str, ...]:
    number = dispatch.tracking.number.strip() if dispatch.tracking else ""
    carrier = (dispatch.carrier or "").strip().casefold()
    if number:
        return ("tracking", carrier, number)
    supplier = position.supplier or ""
    if dispatch.delivery_note:
        return ("note", supplier, carrier, dispatch.delivery_note)
    return ("moment", supplier, carrier, dispatch.at.isoformat())


def _parcel(sent: Sequence[_Sent]) -> Parcel:
    dispatches = [dispatch for _, dispatch in sent]
    trackings = [each.tracking for each in dispatches if each.tracking]
    packages = [each.packages for each in dispatches if each.packages is not None]
    return Parcel(
        sent_at=min(each.at for each in dispatches),
        contents=_contents(sent),
        supplier=_listed(position.supplier for position, _ in sent),
        carrier=(dispatches[0].carrier or "").strip(),
        delivery_note=_listed(each.delivery_note for each in dispatches),
        tracking_number=next((each.number.strip() for each in trackings if each.number.strip()), ""),
        url=next((each.url for each in trackings if each.url), ""),
        packages=max(packages) if packages else None,
    )


def _contents(sent: Sequence[_Sent]) -> Sequence[Content]:
    by_product: dict[tuple[str, str], list[Dispatch]] = {}
    for position, dispatch in sent:
        by_product.setdefault((position.sku, position.name), []).append(dispatch)
    return [
        Content(
            sku,
            name or sku,
            sum(each.quantity for each in dispatches),
            tuple(number for each in dispatches for number in each.serial_numbers),
        )
        for (sku, name), dispatches in by_product.items()
    ]


def _listed(texts: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))


def _place(parcel: Parcel) -> tuple[float, str, str]:
    return (parcel.sent_at.timestamp(), parcel.tracking_number, parcel.delivery_note)

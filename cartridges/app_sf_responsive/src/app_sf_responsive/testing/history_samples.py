"""A shop with a history: orders of every kind, and what an order management system says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app_sf_responsive.testing.stage import BUYER, PATRICIA, furnish, order_of
from iomconnector.application import Application
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import Phase, StatusName
from iomconnector.model.orders import Order
from iomconnector.testing.samples import approval_step

DAY = datetime(2026, 11, 27, 9, 12, tzinfo=UTC)
"""When the latest sample order was placed."""

OLDER = 52
"""So many orders stand in the history behind those that differ."""

WAREHOUSE, DROP_SHIPPER = "inTRONICS Warehouse", "Drop-Ship Electronics Ltd."
PROCESSING = StatusName(
    code="COMMISSIONED", texts={"en": "In progress", "de": "In Bearbeitung"}, phase=Phase.PROCESSING
)
PARTLY_SHIPPED = StatusName(
    code="PARTIAL_DISPATCHED",
    texts={"en": "Partially shipped", "de": "Teilweise versandt"},
    phase=Phase.PARTLY_SHIPPED,
)
SHIPPED = StatusName(code="DISPATCHED", texts={"en": "Shipped", "de": "Versandt"}, phase=Phase.SHIPPED)
RETURNED = StatusName(code="RETURNED", texts={"en": "Returned", "de": "Retourniert"}, phase=Phase.RETURNED)
CANCELLED = StatusName(code="CANCELED", texts={"en": "Cancelled", "de": "Storniert"}, phase=Phase.CANCELLED)
FANCY = StatusName(code="QUANTUM_ENTANGLED")

JUST_PLACED, BEING_PACKED, IN_PARTS, SENT = "2026112740", "2026112739", "2026112738", "2026112737"
SENT_BACK, CALLED_OFF, UNHEARD_OF = "2026112736", "2026112735", "2026112734"
WAITING, LARGE = "2026112790", "2026112791"

SHIPPING = (Decimal("4.99"), Decimal("4.19"), Decimal("0.80"))

_Line = tuple[str, str, int, str, str, str]
LAPTOP: _Line = (
    "201807231-01",
    'Lenovo ThinkPad X1 Carbon Gen 12, 14", 32 GB, 1 TB SSD',
    2,
    "3798.00",
    "3191.60",
    "606.40",
)
DOCK: _Line = ("3957284", "USB-C docking station", 1, "249.00", "209.24", "39.76")
PAD: _Line = ("00910", "Mouse pad with wrist rest", 4, "59.60", "50.08", "9.52")
PHONE: _Line = ("8182790134362", "Smartphone, 256 GB, midnight blue", 1, "899.00", "755.46", "143.54")


@dataclass(frozen=True)
class Known:
    """An order with what an order management system says of it; none where it was not handed over."""

    order: Order
    state: OrderState | None = None


def sample_history() -> list[Known]:
    """The orders, oldest first."""
    return [*_older(), *_private(), *_business()]


async def furnish_with_history(application: Application, states: Path) -> None:
    """Add people, their orders, and a file for each state.

    Arguments:
        application: The system.
        states: The directory of the files.
    """
    await furnish(application)
    history = sample_history()
    told = [known for known in history if known.state is not None]
    created = {known.order.number: known.order.created_at for known in told}
    await application.place_orders.many([known.order for known in told])
    for channel in {known.order.channel for known in told}:
        now = application.clock.now()
        claims = await application.ledger.claim(
            channel, worker="samples", now=now, lease=timedelta(minutes=1), limit=len(told)
        )
        for claim in claims:
            placed_at = created[claim.request.number]
            await application.ledger.record_exported(
                claim, reference=claim.request.number, at=placed_at + timedelta(minutes=2)
            )
    await application.place_orders.many([known.order for known in history if known.state is None])
    await asyncio.to_thread(_write, told, states)


def _write(told: Sequence[Known], states: Path) -> None:
    states.mkdir()
    for known in told:
        assert known.state is not None
        (states / f"{known.order.number}.json").write_text(known.state.model_dump_json())


def _older() -> list[Known]:
    return [
        _told(_order(f"20261{number:05}", hours=-24 * (OLDER - number + 8), lines=[PHONE]), SHIPPED)
        for number in range(OLDER)
    ]


def _private() -> list[Known]:
    parts = _order(
        IN_PARTS,
        hours=-70,
        lines=[LAPTOP, DOCK, PAD],
        customer_order_number="Gift for Linus",
        message_to_merchant="Please ring at the back door.",
    )
    return [
        _told(_order(UNHEARD_OF, hours=-140, lines=[PAD]), FANCY, shipped=False),
        _told(_order(CALLED_OFF, hours=-120, lines=[PHONE, PAD]), CANCELLED, cancelled="not on stock"),
        _told(_order(SENT_BACK, hours=-100, lines=[PHONE]), RETURNED, returned="transport damage"),
        _told(_order(SENT, hours=-90, lines=[DOCK]), SHIPPED),
        Known(parts, _in_parts(parts)),
        _told(_order(BEING_PACKED, hours=-6, lines=[PHONE, DOCK]), PROCESSING, shipped=False),
        Known(_order(JUST_PLACED, hours=0, lines=[LAPTOP])),
    ]


def _business() -> list[Known]:
    lines: list[_Line] = [
        (f"SKU-{number:05}", f"Item number {number} of forty", number, "119.00", "100.00", "19.00")
        for number in range(1, 41)
    ]
    lines[2] = (
        "SKU-00003-" + "9" * 60,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        3,
        "119.00",
        "100.00",
        "19.00",
    )
    large = _order(LARGE, hours=-30, lines=lines, user=BUYER)
    waiting = _order(
        WAITING,
        hours=-2,
        lines=[LAPTOP],
        user=BUYER,
        approval_steps=[approval_step("anna").model_dump()],
        cost_center="CC-4711 Research and development of everything",
    )
    return [_told(large, SHIPPED), Known(waiting)]


def _order(
    number: str, *, hours: int, lines: Sequence[_Line], user: CustomerUser = PATRICIA, **fields: Any
) -> Order:
    created = DAY + timedelta(hours=hours)
    plain = order_of(user, number)
    bucket = {
        "address": plain.invoice_address.model_dump(),
        "shipping_method": "STD_GROUND",
        "line_items": [
            {
                "position": at,
                "product": {"sku": sku, "name": name},
                "quantity": {"value": str(quantity), "unit": "piece"},
                "price": _price(gross, net, tax),
            }
            for at, (sku, name, quantity, gross, net, tax) in enumerate(lines, 1)
        ],
        "charges": [{"type": "shipping", **_price(*SHIPPING)}],
    }
    gross, net, tax = (sum(map(Decimal, column), Decimal()) for column in list(zip(*lines, strict=True))[3:])
    return order_of(
        user,
        number,
        created_at=created,
        shipping_buckets=[bucket],
        subtotal=_price(gross, net, tax),
        total=_price(gross + SHIPPING[0], net + SHIPPING[1], tax + SHIPPING[2]),
        **fields,
    )


def _price(gross: Decimal | str, net: Decimal | str, tax: Decimal | str) -> dict[str, Any]:
    def euros(amount: Decimal | str) -> dict[str, str]:
        return {"amount": str(amount), "currency": "EUR"}

    taxes = [{"tax_class": "FullTax", "amount": euros(tax), "rate": "19"}]
    return {"net": {"amount": euros(net)}, "gross": {"amount": euros(gross)}, "taxes": taxes}


def _told(
    order: Order,
    status: StatusName,
    *,
    shipped: bool = True,
    returned: str = "",
    cancelled: str = "",
) -> Known:
    """What is said of an order whose every line had the same fate."""
    at = order.created_at
    positions = []
    for item in order.line_items:
        pieces = int(item.quantity.value)
        position: dict[str, Any] = {
            "position": item.position,
            "sku": item.product.sku,
            "name": item.product.name,
            "status": status,
            "ordered": pieces,
            "supplier": WAREHOUSE,
            "commissioned_at": at + timedelta(minutes=8),
        }
        if cancelled:
            position["cancellations"] = [
                {"quantity": pieces, "at": at + timedelta(hours=3), "reason": cancelled}
            ]
        else:
            position |= {
                "confirmed_at": at + timedelta(minutes=40),
                "confirmed": [{"quantity": pieces, "planned_delivery": (at + timedelta(days=3)).date()}],
            }
        if shipped and not cancelled:
            position["dispatches"] = [_parcel(pieces, at + timedelta(hours=20), f"DN-{order.number}")]
        if returned:
            position["returns"] = [
                {"quantity": pieces, "at": at + timedelta(days=3), "status": "Accepted", "reason": returned}
            ]
        positions.append(position)
    return Known(order, _state(order, status, positions))


def _in_parts(order: Order) -> OrderState:
    """Two suppliers: one sent two parcels and cancelled a piece, one has promised a day."""
    at = order.created_at
    common = {"status": PARTLY_SHIPPED, "commissioned_at": at + timedelta(minutes=8)}
    first, second = at + timedelta(hours=22), at + timedelta(hours=46)
    confirmed = {"confirmed_at": at + timedelta(hours=1)}
    laptop, dock, pad = (
        {"position": item.position, "sku": item.product.sku, "name": item.product.name}
        for item in order.line_items
    )
    return _state(
        order,
        PARTLY_SHIPPED,
        [
            {
                **laptop,
                **common,
                **confirmed,
                "supplier": WAREHOUSE,
                "confirmed": [{"quantity": 2}],
                "dispatches": [
                    _parcel(1, first, "DN-20261125-1"),
                    _parcel(1, second, "DN-20261126-4", "UPS"),
                ],
            },
            {
                **dock,
                **common,
                "supplier": DROP_SHIPPER,
                "confirmed_at": at + timedelta(hours=5),
                "confirmed": [{"quantity": 1, "planned_delivery": (at + timedelta(days=9)).date()}],
            },
            {
                **pad,
                **common,
                **confirmed,
                "supplier": WAREHOUSE,
                "confirmed": [{"quantity": 3}],
                "cancellations": [{"quantity": 1, "at": at + timedelta(hours=2), "reason": "not on stock"}],
                "dispatches": [_parcel(3, first, "DN-20261125-1")],
            },
        ],
    )


def _parcel(quantity: int, at: datetime, note: str, carrier: str = "DHL") -> dict[str, Any]:
    return {"quantity": quantity, "at": at, "delivery_note": note, "carrier": carrier}


def _state(order: Order, status: StatusName, positions: Sequence[dict[str, Any]]) -> OrderState:
    return OrderState.model_validate(
        {
            "number": order.number,
            "created_at": order.created_at,
            "status": status,
            "customer": order.customer.number,
            "positions": list(positions),
        }
    )

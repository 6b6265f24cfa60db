"""Orders as their customers see them, to test pages and panels with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import Request

from app_sf_responsive.languages import Language
from app_sf_responsive.visitor import Customer
from iomconnector.application import Application
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import OrderState, StateSource
from iomconnector.model.order_status import Phase, StatusName
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, placed_order, sample_order

SHIPPED = StatusName(code="COMMISSIONED", texts={"en": "Shipped", "de": "Versandt"}, phase=Phase.SHIPPED)


def sample_user(**fields: Any) -> CustomerUser:
    """Patricia, a private customer; keywords replace fields."""
    patricia: dict[str, Any] = {
        "channel": ChannelId(CHANNEL),
        "login": "patricia",
        "customer": "1001",
        "business": False,
        "company": "",
        "first_name": "Patricia",
        "last_name": "Miller",
        "email": "patricia@example.com",
        "sees_all_orders": False,
        "active": True,
        "created_at": NOON,
    }
    return CustomerUser(**{**patricia, **fields})


def sample_state(order: Order, **fields: Any) -> OrderState:
    """What an order management system knows after everything was sent; keywords replace fields."""
    positions = [
        {
            "position": item.position,
            "sku": item.product.sku,
            "name": item.product.name,
            "status": SHIPPED,
            "ordered": int(item.quantity.value),
            "supplier": "inTRONICS Warehouse",
            "commissioned_at": NOON + timedelta(minutes=7),
            "confirmed_at": NOON + timedelta(minutes=30),
            "confirmed": [{"quantity": int(item.quantity.value)}],
            "dispatches": [
                {
                    "quantity": int(item.quantity.value),
                    "at": NOON + timedelta(days=1),
                    "delivery_note": "DN-1",
                    "carrier": "DHL",
                }
            ],
        }
        for item in order.line_items
    ]
    document = {"number": order.number, "status": SHIPPED, "positions": positions}
    return OrderState.model_validate({**document, **fields})


def sample_view(
    order: Order | None = None,
    *,
    state: OrderState | None = None,
    export: ExportState = ExportState.EXPORTED,
    **fields: Any,
) -> OrderView:
    """An order, looked at.

    Arguments:
        order: The order; Patricia's shoes where omitted.
        state: What the order management system knows; none: the shop answers.
        export: Where the export stands.
        fields: Fields of the view to replace.
    """
    order = order or sample_order()
    exported = NOON + timedelta(minutes=2) if export is ExportState.EXPORTED else None
    request = ExportRequest(
        order_id=int(fields.pop("order_id", 17)),
        channel=order.channel,
        number=order.number,
        state=export,
        attempts=1,
        unclear=False,
        due_at=order.created_at,
        lease_until=None,
        reference=None,
        reason_code=None,
        reason=None,
        requested_at=order.created_at,
        updated_at=order.created_at,
        exported_at=exported,
    )
    status = (
        state.status
        if state
        else StatusName(code="NEW", texts={"en": "New", "de": "Neu"}, phase=Phase.RECEIVED)
    )
    view: dict[str, Any] = {
        "placed": placed_order(order),
        "request": request,
        "status": status,
        "source": StateSource.ORDER_MANAGEMENT if state else StateSource.SHOP,
        "as_of": NOON,
        "state": state,
    }
    return OrderView(**{**view, **fields})


def sample_customer(application: Application, language: Language | None = None, **user: Any) -> Customer:
    """Patricia, who is signed in and asks for a page; keywords replace fields of the user."""
    from types import SimpleNamespace

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/shop",
        "query_string": b"",
        "headers": [],
        "app": SimpleNamespace(state=SimpleNamespace(application=application)),
    }
    channel = next(each for each in CONTEXTS if each.id == CHANNEL)
    return Customer(Request(scope), channel, language or Language(), sample_user(**user), "t" * 43)

"""Plausible minimal things to test with: an order, somebody who buys, a message, a tree of contexts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from iomconnector.model.approvals import ApprovalDecision, ApprovalKind, ApprovalStep, Decision
from iomconnector.model.baskets import Basket, BasketLine
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.orders import Order
from iomconnector.model.products import CatalogProduct
from iomconnector.model.values import ChannelId
from iomconnector.ports.message_log import Message

ORGANIZATION = "inSPIRED"
CHANNEL = "inSPIRED-inTRONICS"
OTHER_CHANNEL = "inSPIRED-inTRONICS_Business"

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
"""When sample orders were created."""

CONTEXTS = (
    Context(id=ORGANIZATION, kind=ContextKind.ORGANIZATION, display_name="inSPIRED"),
    Context(id=CHANNEL, kind=ContextKind.CHANNEL, display_name="inTRONICS", parent=ORGANIZATION),
    Context(
        id=OTHER_CHANNEL, kind=ContextKind.CHANNEL, display_name="inTRONICS Business", parent=ORGANIZATION
    ),
)
"""An organization with two channels, a parent before its children."""

_message_numbers = count(1)


def sample_order(number: str = "2026-0001", *, channel: str = CHANNEL, **fields: Any) -> Order:
    """One pair of shoes for Patricia, paid by invoice.

    Arguments:
        number: The order's number.
        channel: The channel in which it was placed.
        fields: Fields of the order to replace or add, as Python values or as parsed JSON.

    Raises:
        pydantic.ValidationError: The fields make no valid order.
    """
    document: dict[str, Any] = {
        "number": number,
        "channel": channel,
        "created_at": NOON,
        "currency": "EUR",
        "customer": {"type": "private", "number": "1001"},
        "invoice_address": _address(),
        "shipping_buckets": [{"address": _address(), "line_items": [_line_item()]}],
        "subtotal": _price("119.00", "100.00", "19.00"),
        "total": _price("119.00", "100.00", "19.00"),
        "payments": [{"service_id": "ISH_INVOICE"}],
    }
    return Order.model_validate({**document, **fields})


def sample_orders(numbers: Sequence[str], *, channel: str = CHANNEL, **fields: Any) -> list[Order]:
    """A sample order for each number."""
    return [sample_order(number, channel=channel, **fields) for number in numbers]


def approval_step(*approvers: str, kind: ApprovalKind = ApprovalKind.USER) -> ApprovalStep:
    """An approval by any of these users."""
    return ApprovalStep(kind=kind, approvers=approvers)


def approval(
    step: int = 0, *, by: str = "anna", decision: Decision = Decision.APPROVED, comment: str = ""
) -> ApprovalDecision:
    """What an approver decided on a step of user-specific approval."""
    return ApprovalDecision(
        step=step, kind=ApprovalKind.USER, decision=decision, decided_by=by, decided_at=NOON, comment=comment
    )


def placed_order(order: Order, *decisions: ApprovalDecision) -> PlacedOrder:
    """An order as it leaves the shop."""
    return PlacedOrder(order, decisions)


def sample_customer_user(login: str = "anna", *, channel: str = CHANNEL, **fields: Any) -> CustomerUser:
    """A private customer who buys.

    Arguments:
        login: The login.
        channel: The channel.
        fields: Fields to replace.
    """
    known: dict[str, Any] = {
        "customer": "1001",
        "business": False,
        "company": "",
        "first_name": "Anna",
        "last_name": "Miller",
        "email": f"{login}@example.com",
        "sees_all_orders": False,
        "active": True,
        "created_at": NOON,
    }
    return CustomerUser(channel=ChannelId(channel), login=login, **{**known, **fields})


def sample_product(sku: str = "M-1", **fields: Any) -> CatalogProduct:
    """A mug for 10 euros and 19 % of tax.

    Arguments:
        sku: The product's number.
        fields: Fields to replace or add, as Python values or as parsed JSON.

    Raises:
        pydantic.ValidationError: The fields make no valid product.
    """
    content: dict[str, Any] = {
        "sku": sku,
        "names": {"en": "Mug", "de": "Tasse"},
        "descriptions": {"en": "For tea.", "de": "Für Tee."},
        "net": {"amount": "10.00", "currency": "EUR"},
        "tax_class": "VAT",
        "tax_rate": "19",
        "unit": "piece",
    }
    return CatalogProduct.model_validate({**content, **fields})


def sample_basket(**fields: Any) -> Basket:
    """Anna's basket, with two mugs; keywords replace fields."""
    product = sample_product()
    values: dict[str, Any] = {
        "id": "b1",
        "channel": ChannelId(CHANNEL),
        "login": "anna",
        "changed_at": NOON,
        "lines": (BasketLine(product.sku, 2, product.gross),),
    }
    return Basket(**{**values, **fields})


def sample_message(order_number: str | None = "2026-0001", **fields: Any) -> Message:
    """A message that created an order.

    Arguments:
        order_number: About which order.
        fields: Fields of the message to replace; without ``message_id`` each message has another.
    """
    content: dict[str, Any] = {
        "message_id": f"message-{next(_message_numbers)}",
        "at": NOON,
        "channel": CHANNEL,
        "order_number": order_number,
        "service": "order-export",
        "method": "POST",
        "url": "https://oms.example.com/orders",
        "request_headers": {"Authorization": "********"},
        "request_body": '{"number": "2026-0001"}',
        "status": 201,
        "response_headers": {"Location": "/orders/2026-0001"},
        "response_body": "",
        "duration_ms": 12.5,
    }
    return Message(**{**content, **fields})


def _address() -> dict[str, Any]:
    return {
        "type": "street",
        "person": {"first_name": "Patricia", "last_name": "Miller"},
        "contact": {"email": "patricia@example.com"},
        "street": "Intershop Tower",
        "city": "Jena",
        "postal_code": "07743",
        "country_code": "DE",
    }


def _line_item() -> dict[str, Any]:
    return {
        "position": 1,
        "product": {"sku": "201807231-01", "name": "Running shoes"},
        "quantity": {"value": "1", "unit": "piece"},
        "price": _price("119.00", "100.00", "19.00"),
    }


def _price(gross: str, net: str, tax: str) -> dict[str, Any]:
    return {
        "net": {"amount": _euros(net)},
        "gross": {"amount": _euros(gross)},
        "taxes": [{"tax_class": "FullTax", "amount": _euros(tax), "rate": "19"}],
    }


def _euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}

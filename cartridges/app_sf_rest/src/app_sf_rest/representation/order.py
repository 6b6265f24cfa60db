"""Orders as ICM's REST interface shows them. [storefront-clients 1.2; KB 3P1089]

Every reference of an order can be found in the dictionary of its name in ``included``, where that was asked
for: a client throws where a dictionary is there and lacks what is referred to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from app_sf_rest.representation.addresses import address_data
from app_sf_rest.representation.line_items import line_item_data
from app_sf_rest.representation.payment import IomPaymentStatus, payment_status
from app_sf_rest.representation.prices import Totals, both, paid, totals_of
from iomconnector.model.customers import BusinessCustomer
from iomconnector.model.line_items import LineItem, ShippingBucket
from iomconnector.model.order_history import OrderView
from iomconnector.model.prices import Promotion

INCLUDES: Final = (
    "invoiceToAddress",
    "commonShipToAddress",
    "commonShippingMethod",
    "shippingMethod",
    "shipToAddress",
    "discounts",
    "lineItems",
    "lineItems_discounts",
    "lineItems_warranty",
    "payments",
    "payments_paymentMethod",
    "payments_paymentInstrument",
    "withdrawal",
)
"""What can be included; names that nobody knows are passed over, as ICM does."""


class AttributeData(BaseModel):
    """A custom attribute."""

    name: str
    type: str = "String"
    value: str


class Buyer(BaseModel):
    """Who ordered."""

    firstName: str | None = None  # noqa: N815
    lastName: str | None = None  # noqa: N815
    companyName: str | None = None  # noqa: N815


class OrderCreation(BaseModel):
    """That the order was created."""

    status: str = "COMPLETED"


class Discounts(BaseModel):
    """By what the order names its discounts."""

    valueBasedDiscounts: list[str]  # noqa: N815
    shippingBasedDiscounts: list[str]  # noqa: N815
    dynamicMessages: list[str] = []  # noqa: N815


class StateSourceData(BaseModel):
    """Who says where the order stands; our own addition.

    Arguments:
        name: `order management`, `last known` or `shop`.
        asOf: When that was so.
        reason: Why the order management system did not answer; none where it did.
    """

    name: str
    asOf: datetime  # noqa: N815
    reason: str | None = None


class OrderData(BaseModel):
    """An order."""

    id: str
    documentNumber: str  # noqa: N815
    creationDate: datetime  # noqa: N815
    status: str
    statusCode: str  # noqa: N815
    orderCreation: OrderCreation = OrderCreation()  # noqa: N815
    purchaseCurrency: str  # noqa: N815
    customer: str | None = None
    user: str | None = None
    buyer: Buyer
    costCenter: str | None = None  # noqa: N815
    totalProductQuantity: float  # noqa: N815
    messageToMerchant: str | None = None  # noqa: N815
    externalOrderReference: str | None = None  # noqa: N815
    attributes: list[AttributeData] = []
    totals: Totals
    invoiceToAddress: str  # noqa: N815
    commonShipToAddress: str  # noqa: N815
    commonShippingMethod: str | None = None  # noqa: N815
    lineItems: list[str]  # noqa: N815
    payments: list[str]
    discounts: Discounts
    IOMPaymentStatus: IomPaymentStatus | None = None
    stateSource: StateSourceData  # noqa: N815


class PageInfo(BaseModel):
    """Which part of a list this is."""

    limit: int
    offset: int
    total: int


Included = dict[str, dict[str, dict[str, Any]]]


class OrderDocument(BaseModel):
    """One order."""

    data: OrderData
    included: Included = {}
    infos: list[dict[str, str]] = []


class OrderList(BaseModel):
    """Some orders, newest first."""

    info: PageInfo
    data: list[OrderData]
    included: Included = {}


class _Placed(NamedTuple):
    """A line item with where it stands."""

    reference: str
    item: LineItem
    bucket: ShippingBucket
    address: str


def order_data(view: OrderView, language: str) -> OrderData:
    """An order.

    Arguments:
        view: The order, looked at.
        language: In which language statuses are shown.
    """
    order = view.order
    person, contact = order.invoice_address.person, order.invoice_address.contact
    company = order.customer.company.name if isinstance(order.customer, BusinessCustomer) else None
    payment = view.state.payment if view.state else None
    return OrderData(
        id=str(view.order_id),
        documentNumber=order.number,
        creationDate=order.created_at,
        status=view.status.text(language),
        statusCode=view.status.code,
        purchaseCurrency=order.currency,
        customer=order.customer.number,
        user=contact.email if contact else None,
        buyer=Buyer(
            firstName=person.first_name if person else None,
            lastName=person.last_name if person else None,
            companyName=company or order.invoice_address.company_name,
        ),
        costCenter=order.cost_center,
        totalProductQuantity=float(sum(item.quantity.value for item in order.line_items)),
        messageToMerchant=order.message_to_merchant,
        externalOrderReference=order.customer_order_number,
        attributes=[
            AttributeData(name=name, value=value)
            for group in order.attributes.values()
            for name, value in group.items()
        ],
        totals=totals_of(order),
        invoiceToAddress=_invoice(view),
        commonShipToAddress=_address(view, 0),
        commonShippingMethod=order.shipping_buckets[0].shipping_method,
        lineItems=[placed.reference for placed in _line_items(view)],
        payments=[_payment(view, index) for index in range(len(order.payments))],
        discounts=Discounts(
            valueBasedDiscounts=[reference for reference, _ in _promotions(view)],
            shippingBasedDiscounts=[reference for reference, _ in _shipping_promotions(view)],
        ),
        IOMPaymentStatus=payment_status(payment) if payment is not None else None,
        stateSource=StateSourceData(name=view.source.value, asOf=view.as_of, reason=view.reason),
    )


def included(views: Sequence[OrderView], wanted: Set[str], language: str) -> Included:
    """What the orders refer to, as far as it was asked for, in one dictionary for all of them."""
    found: Included = {name: {} for name in INCLUDES if name in wanted}
    for view in views:
        for name, dictionary in found.items():
            dictionary.update(_entries(view, name, language))
    return found


def _entries(view: OrderView, name: str, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    order = view.order
    if name == "invoiceToAddress":
        yield _invoice(view), _plain(address_data(order.invoice_address, _invoice(view)))
    elif name in ("commonShipToAddress", "shipToAddress"):
        last = 1 if name == "commonShipToAddress" else len(order.shipping_buckets)
        for index, bucket in enumerate(order.shipping_buckets[:last]):
            yield _address(view, index), _plain(address_data(bucket.address, _address(view, index)))
    elif name in ("commonShippingMethod", "shippingMethod"):
        for bucket in order.shipping_buckets:
            if bucket.shipping_method:
                yield bucket.shipping_method, {"id": bucket.shipping_method, "name": bucket.shipping_method}
    elif name == "lineItems":
        yield from _line_item_entries(view, language)
    elif name == "discounts":
        for reference, promotion in (*_promotions(view), *_shipping_promotions(view)):
            yield reference, _discount(reference, promotion, order.currency)
    elif name.startswith("payments"):
        yield from _payment_entries(view, name)


def _line_item_entries(view: OrderView, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    states = {each.position: each for each in (view.state.positions if view.state else ())}
    for placed in _line_items(view):
        state = states.get(placed.item.position)
        status = state.status if state is not None else view.status
        yield (
            placed.reference,
            _plain(
                line_item_data(
                    placed.item,
                    reference=placed.reference,
                    address=placed.address,
                    shipping_method=placed.bucket.shipping_method,
                    state=state,
                    status=status.text(language),
                    currency=view.order.currency,
                )
            ),
        )


def _payment_entries(view: OrderView, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    order = view.order
    state = view.state.payment if view.state else None
    for index, payment in enumerate(order.payments):
        reference = _payment(view, index)
        if name == "payments_paymentMethod":
            yield payment.service_id, {"id": payment.service_id, "displayName": payment.service_id}
        elif name == "payments_paymentInstrument":
            yield reference, {"id": reference, "paymentMethod": payment.service_id}
        else:
            amount = totals_of(order).grandTotal if payment.amount is None else paid(payment.amount)
            entry: dict[str, Any] = {
                "id": reference,
                "paymentMethod": payment.service_id,
                "paymentInstrument": reference,
                "openTender": payment.tender.value == "open",
                "totalAmount": _plain(amount),
            }
            yield reference, entry | ({"status": state.status.value} if state is not None else {})


def _discount(reference: str, promotion: Promotion, currency: str) -> dict[str, Any]:
    gross, net = promotion.gross.amount, promotion.net.amount
    return {
        "id": reference,
        "promotion": promotion.id,
        "description": promotion.name,
        "promotionType": "Promotion",
        "code": promotion.code,
        "amount": _plain(both(gross, net, gross - net, currency)),
    }


def _line_items(view: OrderView) -> Iterator[_Placed]:
    for index, bucket in enumerate(view.order.shipping_buckets):
        for item in bucket.line_items:
            yield _Placed(f"{view.order_id}.item.{item.position}", item, bucket, _address(view, index))


def _promotions(view: OrderView) -> list[tuple[str, Promotion]]:
    found = view.order.subtotal.promotions
    return [(f"{view.order_id}.discount.{index}", each) for index, each in enumerate(found)]


def _shipping_promotions(view: OrderView) -> list[tuple[str, Promotion]]:
    found = [
        promotion
        for bucket in view.order.shipping_buckets
        for charge in bucket.charges
        for promotion in charge.promotions
    ]
    return [(f"{view.order_id}.shipping-discount.{index}", each) for index, each in enumerate(found)]


def _invoice(view: OrderView) -> str:
    return f"{view.order_id}.invoice"


def _address(view: OrderView, index: int) -> str:
    return f"{view.order_id}.shipping.{index}"


def _payment(view: OrderView, index: int) -> str:
    return f"{view.order_id}.payment.{index}"


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True)

"""Orders as ICM's REST interface shows them. [storefront-clients 1.2; KB 3P1089]"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from app_sf_rest.representation.included import Included
from app_sf_rest.representation.payment import IomPaymentStatus, payment_status
from app_sf_rest.representation.prices import Totals, totals_of
from app_sf_rest.representation.references import (
    address_reference,
    invoice_reference,
    payment_reference,
    placed_items,
    promotions,
    shipping_promotions,
)
from iomconnector.model.customers import BusinessCustomer
from iomconnector.model.order_history import OrderView


class AttributeData(BaseModel):
    """A custom attribute."""

    name: str
    type: str = "String"
    value: str


class Buyer(BaseModel):
    """Who ordered."""

    firstName: str | None = None
    lastName: str | None = None
    companyName: str | None = None


class OrderCreation(BaseModel):
    """That the order was created."""

    status: str = "COMPLETED"


class Discounts(BaseModel):
    """By what the order names its discounts."""

    valueBasedDiscounts: list[str]
    shippingBasedDiscounts: list[str]
    dynamicMessages: list[str] = []


class StateSourceData(BaseModel):
    """Who says where the order stands; our own addition.

    Arguments:
        name: `order management`, `last known` or `shop`.
        asOf: When that was so.
        reason: Why the order management system did not answer; none where it did.
    """

    name: str
    asOf: datetime
    reason: str | None = None


class OrderData(BaseModel):
    """An order."""

    id: str
    documentNumber: str
    creationDate: datetime
    status: str
    statusCode: str
    orderCreation: OrderCreation = OrderCreation()
    purchaseCurrency: str
    customer: str | None = None
    user: str | None = None
    buyer: Buyer
    costCenter: str | None = None
    totalProductQuantity: float
    messageToMerchant: str | None = None
    externalOrderReference: str | None = None
    attributes: list[AttributeData] = []
    totals: Totals
    invoiceToAddress: str
    commonShipToAddress: str
    commonShippingMethod: str | None = None
    lineItems: list[str]
    payments: list[str]
    discounts: Discounts
    IOMPaymentStatus: IomPaymentStatus | None = None
    stateSource: StateSourceData


class PageInfo(BaseModel):
    """Which part of a list this is."""

    limit: int
    offset: int
    total: int


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
        invoiceToAddress=invoice_reference(view),
        commonShipToAddress=address_reference(view, 0),
        commonShippingMethod=order.shipping_buckets[0].shipping_method,
        lineItems=[placed.reference for placed in placed_items(view)],
        payments=[payment_reference(view, index) for index in range(len(order.payments))],
        discounts=Discounts(
            valueBasedDiscounts=[reference for reference, _ in promotions(view)],
            shippingBasedDiscounts=[reference for reference, _ in shipping_promotions(view)],
        ),
        IOMPaymentStatus=payment_status(payment) if payment is not None else None,
        stateSource=StateSourceData(name=view.source.value, asOf=view.as_of, reason=view.reason),
    )

"""An order without personal data: what the bookkeeping needs stays, what tells who somebody is goes.

What may be left out of an order is left out; what an order must have gets a placeholder. Numbers, products,
prices, dates, countries, shipping and payment methods, cost centers and projects stay.
"""

from typing import Any, Final

from iomconnector.model.addresses import Address, PackingStationAddress, PostBoxAddress
from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.customers import BusinessCustomer, Company, Customer
from iomconnector.model.line_items import ShippingBucket
from iomconnector.model.orders import Order

ERASED: Final = "(erased)"
"""Stands where personal data were."""


def holds_erased(text: str) -> bool:
    """Whether a text was made of something that was erased."""
    return ERASED in text


def without_personal_data(order: Order) -> Order:
    """The order without personal data. The same order gives the same result."""
    return order.model_copy(
        update={
            "customer": _customer(order.customer),
            "customer_order_number": None,
            "invoice_address": _address(order.invoice_address),
            "shipping_buckets": tuple(map(_bucket, order.shipping_buckets)),
            "payments": tuple(payment.model_copy(update={"attributes": {}}) for payment in order.payments),
            "approval_steps": tuple(
                step.model_copy(update={"approvers": (ERASED,) * len(step.approvers)})
                for step in order.approval_steps
            ),
            "message_to_merchant": None,
            "attributes": {},
        }
    )


def decision_without_personal_data(decision: ApprovalDecision) -> ApprovalDecision:
    """What was decided and when, without who and why."""
    return decision.model_copy(update={"decided_by": ERASED, "comment": ""})


def _customer(customer: Customer) -> Customer:
    if isinstance(customer, BusinessCustomer):
        return BusinessCustomer(type="business", company=Company(name=ERASED))
    return customer.model_copy(update={"number": None})


def _bucket(bucket: ShippingBucket) -> ShippingBucket:
    items = tuple(item.model_copy(update={"attributes": {}}) for item in bucket.line_items)
    return bucket.model_copy(
        update={"address": _address(bucket.address), "line_items": items, "attributes": {}}
    )


def _address(address: Address) -> Address:
    """The form of the address, its country, and whether a person or a company receives."""
    person = address.person and type(address.person)(last_name=ERASED)
    content: dict[str, Any] = {
        "type": address.type,
        "company_name": address.company_name and ERASED,
        "person": person,
        "city": ERASED,
        "postal_code": ERASED,
        "country_code": address.country_code,
    }
    if isinstance(address, PostBoxAddress):
        return PostBoxAddress(**content, post_box=ERASED)
    if isinstance(address, PackingStationAddress):
        return PackingStationAddress(**content, customer_id=ERASED, station_number=ERASED)
    return type(address)(**content, street=ERASED)

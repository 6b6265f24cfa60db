"""The rules of an order document that the official documents state in words. [iom-api 6, nos. 1-12]

Required members, types, enumerations and formats are the schema's business and are not judged here, so that
a document of any shape can be checked. Lengths and number ranges are judged here too: these functions work
without the official documents.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ac_iomconnector_order_test.document_node import Node, parts
from ac_iomconnector_order_test.limits import check_limits
from ac_iomconnector_order_test.openapi import basis
from ac_iomconnector_order_test.party_rules import (
    check_currency,
    check_customer,
    check_delivery_date,
    check_invoice_address,
    check_location,
    check_receiver,
)
from ac_iomconnector_order_test.price_rules import (
    check_net_and_gross,
    check_price,
    check_promotion,
    check_tax,
    check_taxes,
)
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.violation import Violation

Check = Callable[[Node], Iterator[Violation]]


def check_order_document(document: Mapping[str, Any], version: str) -> tuple[Violation, ...]:
    """Every broken rule of an Order document.

    Raises:
        UnknownApiVersionError: Not a version of the Order API.
    """
    return _checked("Order", Node(document), basis(version).version)


def check_change_request(
    document: Mapping[str, Any], version: str, *, shop_order_number: str | None = None
) -> tuple[Violation, ...]:
    """Every broken rule of a ChangeRequestCreate document.

    Arguments:
        shop_order_number: The number of the order to be changed; not compared where None.

    Raises:
        UnknownApiVersionError: Not a version of the Order API.
    """
    root = Node(document)
    found = list(_checked("ChangeRequestCreate", root, basis(version).version))
    order = root.member("changeRequest")
    updated, number = order.member("shopOrderUpdateDate"), order.member("shopOrderNumber")
    if order.present and (not updated.present or updated.value is None):
        found.append(updated.breaks(Rule.CHANGE_UPDATE_DATE))
    if shop_order_number is not None and number.present and number.value != shop_order_number:
        found.append(
            number.breaks(Rule.CHANGE_ORDER_NUMBER, f"{Rule.CHANGE_ORDER_NUMBER.text}: {shop_order_number!r}")
        )
    return tuple(found)


def _checked(root_kind: str, root: Node, version: str) -> tuple[Violation, ...]:
    found: list[Violation] = []
    for kind, node in parts(root_kind, root):
        found.extend(check_limits(kind, node, version))
        for check in _CHECKS.get(kind, ()):
            found.extend(check(node))
        if kind == "AddressLocation":
            concrete = node.member("type").text
            found.extend(check_limits(concrete, node, version) if concrete else ())
    return tuple(found)


def _check_buckets(order: Node) -> Iterator[Violation]:
    """At least one bucket, each with a position; all numbers unique, a blank bucket number counts as none."""
    buckets = order.items("shippingBuckets")
    if not buckets and isinstance(order.member("shippingBuckets").value, list | tuple):
        yield order.member("shippingBuckets").breaks(Rule.BUCKET_PRESENT)
    for bucket in buckets:
        positions = bucket.member("positions")
        if isinstance(positions.value, list | tuple) and not positions.value:
            yield positions.breaks(Rule.POSITION_PRESENT)
    named = [bucket.member("number") for bucket in buckets if (bucket.member("number").text or "").strip()]
    yield from _repeated(named, Rule.BUCKET_NUMBER_ONCE)
    numbered = [position.member("number") for bucket in buckets for position in bucket.items("positions")]
    yield from _repeated(numbered, Rule.POSITION_NUMBER_ONCE)
    charges = [charge for holder in (order.member("sales"), *buckets) for charge in holder.items("charges")]
    yield from _repeated([charge.member("number") for charge in charges], Rule.CHARGE_NUMBER_ONCE)


def _repeated(numbers: list[Node], rule: Rule) -> Iterator[Violation]:
    seen: set[str | int] = set()
    for number in numbers:
        if isinstance(number.value, str | int):
            if number.value in seen:
                yield number.breaks(rule)
            seen.add(number.value)


_CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    "Order": (_check_buckets,),
    "CustomerData": (check_customer,),
    "AddressInvoice": (check_invoice_address,),
    "AddressLocation": (check_location,),
    "AddressReceiver": (check_receiver,),
    "Sales": (check_currency,),
    "Price": (check_price,),
    "ListPrice": (check_price,),
    "SumPrice": (check_net_and_gross, check_taxes),
    "TotalPrice": (check_net_and_gross, check_taxes),
    "UnitPrice": (check_net_and_gross,),
    "Charge": (check_net_and_gross, check_taxes),
    "Tax": (check_tax,),
    "Promotion": (check_promotion,),
    "DeliveryDate": (check_delivery_date,),
}

"""Walking an order document part by part, whatever shape it has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.violation import ABSENT, PathStep, Violation, json_path


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a document and the way to it; what is not there is a node too."""

    value: Any
    path: tuple[PathStep, ...] = ()

    @property
    def present(self) -> bool:
        return self.value is not ABSENT

    @property
    def number(self) -> int | Decimal | None:
        """The value if it is a finite number, for comparing; a float counts as the decimal that it prints."""
        value = Decimal(repr(self.value)) if isinstance(self.value, float) else self.value
        if isinstance(value, Decimal):
            return value if value.is_finite() else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def text(self) -> str | None:
        """The value if it is a string."""
        return self.value if isinstance(self.value, str) else None

    def member(self, name: str) -> "Node":
        """The member of that name; absent where this is no object or has no such member."""
        value = self.value.get(name, ABSENT) if isinstance(self.value, Mapping) else ABSENT
        return Node(value, (*self.path, name))

    def items(self, name: str) -> "list[Node]":
        """The items of a list member; none where it is no list."""
        member = self.member(name)
        if not isinstance(member.value, list | tuple):
            return []
        return [Node(item, (*member.path, index)) for index, item in enumerate(member.value)]

    def breaks(self, rule: Rule, message: str = "") -> Violation:
        """This node as the violation of a rule."""
        return Violation(json_path(self.path), self.value, rule, message or rule.text)


_ADDRESS: Final = {"location": "AddressLocation", "contact": "Contact", "receiver": "AddressReceiver"}
_PRICED: Final = {"net": "Price", "gross": "Price", "taxes": "Tax", "promotions": "Promotion"}

MEMBERS: Final[Mapping[str, Mapping[str, str]]] = {
    "ChangeRequestCreate": {"changeRequest": "Order"},
    "Order": {
        "customerData": "CustomerData",
        "invoiceAddress": "AddressInvoice",
        "sales": "Sales",
        "payment": "Payment",
        "shippingBuckets": "ShippingBucket",
    },
    "CustomerData": {"companyData": "CompanyData"},
    "AddressInvoice": _ADDRESS,
    "AddressShipping": _ADDRESS,
    "AddressReceiver": {"person": "Person"},
    "Sales": {"subTotal": "SumPrice", "total": "TotalPrice", "charges": "Charge"},
    "SumPrice": _PRICED,
    "TotalPrice": _PRICED,
    "Charge": _PRICED,
    "UnitPrice": {"net": "ListPrice", "gross": "ListPrice"},
    "ShippingBucket": {
        "shippingAddress": "AddressShipping",
        "charges": "Charge",
        "positions": "OrderPosition",
    },
    "OrderPosition": {
        "product": "Product",
        "sum": "SumPrice",
        "unitPrice": "UnitPrice",
        "shipping": "Shipping",
    },
    "Shipping": {"deliveryDate": "DeliveryDate"},
    "ChangeRequestView": {"changeRequest": "Order"},
    "OrderStateCollectionContainer": {"data": "OrderState"},
    "LatestOrderStateCollectionContainer": {"data": "OrderState"},
    "OrderState": {"sales": "Sales", "shippingBuckets": "ShippingBucketOrderState"},
    "ShippingBucketOrderState": {"charges": "Charge", "positions": "OrderStatePosition"},
    "OrderStatePosition": {"ordered": "OrderPositionOrdered"},
    "OrderPositionOrdered": {"sum": "SumPrice", "unitPrice": "UnitPrice"},
}
"""The parts of a part: member name to schema name, for objects and for lists of them; of order
states only the parts with sorted lists. [iom-api 1.1]"""


def parts(kind: str, node: Node) -> Iterator[tuple[str, Node]]:
    """The node and every part below it, each with the name of its schema; absent parts are left out."""
    if not isinstance(node.value, Mapping):
        return
    yield kind, node
    for name, member_kind in MEMBERS.get(kind, {}).items():
        yield from parts(member_kind, node.member(name))
        for item in node.items(name):
            yield from parts(member_kind, item)

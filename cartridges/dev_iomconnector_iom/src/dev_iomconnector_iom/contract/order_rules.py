"""Rules over a whole order, and what the shop's configuration has to say. [iom-api 6.4, 6.6, 6.7]"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, Protocol

from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.contract.violations import Findings
from dev_iomconnector_iom.exact_json import JsonObject


class ShopKnowledge(Protocol):
    """What a shop knows of taxes, payment and shipping."""

    @property
    def tax_types(self) -> frozenset[str]:
        """Tax types that need no rate."""

    @property
    def payment_methods(self) -> frozenset[str]:
        """Payment methods that an order may name."""

    @property
    def shipping_methods(self) -> frozenset[str]:
        """Shipping methods that have a mapping."""

    @property
    def accepts_unknown_shipping_methods(self) -> bool:
        """Whether an unmapped shipping method goes to a default instead of being refused. [KB 1917347420]"""


def check_order(order: JsonObject, shop: ShopKnowledge, version: ApiVersion, findings: Findings) -> None:
    """Apply the rules to an order that passed its table."""
    _unique(_position_numbers(order), "positionNumberOnce", findings)
    _unique(_bucket_numbers(order), "bucketNumberOnce", findings)
    _unique(_charge_numbers(order), "chargeNumberOnce", findings)
    _taxes_known(order, shop, version, findings)
    _methods_known(order, shop, findings)


def check_change(order: JsonObject, original_number: str, findings: Findings) -> None:
    """Apply the rules that hold for the order inside a change request. [iom-api 1.2]"""
    if order["shopOrderNumber"] != original_number:
        findings.add(
            "shopOrderNumber",
            "sameOrderNumber",
            f"must be equal to that of the original order, {original_number}",
            order["shopOrderNumber"],
        )
    if "shopOrderUpdateDate" not in order:
        findings.add("shopOrderUpdateDate", "updateDate", "is mandatory for a change request")


def _unique(numbers: Iterable[tuple[str, Hashable]], rule: str, findings: Findings) -> None:
    first: dict[Hashable, str] = {}
    for path, number in numbers:
        known = first.setdefault(number, path)
        if known is not path:
            findings.add(path, rule, f"must be unique within the order, but {known} is the same", number)


def _buckets(order: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for index, bucket in enumerate(order["shippingBuckets"]):
        yield f"shippingBuckets[{index}]", bucket


def _positions(order: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for path, bucket in _buckets(order):
        for index, position in enumerate(bucket["positions"]):
            yield f"{path}.positions[{index}]", position


def _charges(order: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for index, charge in enumerate(order["sales"].get("charges", ())):
        yield f"sales.charges[{index}]", charge
    for path, bucket in _buckets(order):
        for index, charge in enumerate(bucket.get("charges", ())):
            yield f"{path}.charges[{index}]", charge


def _position_numbers(order: JsonObject) -> Iterator[tuple[str, Hashable]]:
    return ((f"{path}.number", each["number"]) for path, each in _positions(order) if "number" in each)


def _bucket_numbers(order: JsonObject) -> Iterator[tuple[str, Hashable]]:
    """Blank numbers are ignored. [iom-api 6.7]"""
    return (
        (f"{path}.number", each["number"]) for path, each in _buckets(order) if each.get("number", "").strip()
    )


def _charge_numbers(order: JsonObject) -> Iterator[tuple[str, Hashable]]:
    return ((f"{path}.number", each["number"]) for path, each in _charges(order) if "number" in each)


def tax_lists(order: JsonObject) -> Iterator[tuple[str, list[Any]]]:
    """Every list of taxes of an order with its path."""
    sales = order["sales"]
    yield "sales.subTotal.taxes", sales["subTotal"]["taxes"]
    yield "sales.total.taxes", sales["total"]["taxes"]
    for path, charge in _charges(order):
        yield f"{path}.taxes", charge["taxes"]
    for path, position in _positions(order):
        yield f"{path}.sum.taxes", position["sum"]["taxes"]


def _taxes_known(order: JsonObject, shop: ShopKnowledge, version: ApiVersion, findings: Findings) -> None:
    known = shop.tax_types
    for path, taxes in tax_lists(order):
        for index, tax in enumerate(taxes):
            if tax["type"] in known or "rate" in tax:
                continue
            if version < ApiVersion.V2_1:
                findings.add(f"{path}[{index}].type", "taxTypeKnown", "is unknown to the shop", tax["type"])
            else:
                findings.add(
                    f"{path}[{index}].rate",
                    "taxRate",
                    f"is mandatory because the tax type {tax['type']!r} is unknown to the shop",
                )


def _methods_known(order: JsonObject, shop: ShopKnowledge, findings: Findings) -> None:
    method = order["payment"]["paymentMethod"]
    if method not in shop.payment_methods:
        findings.add("payment.paymentMethod", "paymentMethodKnown", "is unknown to the shop", method)
    if shop.accepts_unknown_shipping_methods:
        return
    for path, bucket in _buckets(order):
        method = bucket.get("shippingMethod")
        if method is not None and method not in shop.shipping_methods:
            findings.add(
                f"{path}.shippingMethod", "shippingMethodKnown", "has no mapping in the shop", method
            )

"""The form in which orders are kept and answered: lists sorted, defaults filled, ignored fields gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dev_iomconnector_iom.contract.order_rules import tax_lists
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.exact_json import JsonObject


def settle(
    order: JsonObject, shop_country: str, version: ApiVersion, *, is_change: bool = False
) -> JsonObject:
    """Bring a checked order into the form that answers have; works in place.

    Taxes are sorted by type, charges, buckets and positions by number, promotions by id; elements without a
    number stand last, in the order of the request. A tax without location gets the country of the shop.
    Fields that the descriptions call ignored are dropped. [iom-api 6.18-6.20]
    """
    _drop_ignored(order, is_change=is_change)
    if version >= ApiVersion.V2_1:
        for _, taxes in tax_lists(order):
            for tax in taxes:
                tax.setdefault("location", shop_country)
    _sort_lists(order)
    return order


def _drop_ignored(order: JsonObject, *, is_change: bool) -> None:
    if not is_change:
        order.pop("shopOrderUpdateDate", None)
    if order["customerData"]["customerDataType"] == "PERSON":
        order["customerData"].pop("companyData", None)
    for bucket in order["shippingBuckets"]:
        if not bucket.get("number", "x").strip():
            del bucket["number"]
        for position in bucket["positions"]:
            delivery = position["shipping"]["deliveryDate"]
            kind = delivery["deliveryDateType"]
            if kind != "EXPRESS":
                delivery.pop("name", None)
            if kind not in ("EARLIEST", "FIXED"):
                delivery.pop("desiredDeliveryDate", None)


def _sort_lists(order: JsonObject) -> None:
    for _, taxes in tax_lists(order):
        taxes.sort(key=_by_type)
    for holder in _promotion_holders(order):
        if "promotions" in holder:
            holder["promotions"].sort(key=_by_id)
    order["shippingBuckets"].sort(key=_by_bucket_number)
    order["sales"].get("charges", []).sort(key=_by_number)
    for bucket in order["shippingBuckets"]:
        bucket.get("charges", []).sort(key=_by_number)
        bucket["positions"].sort(key=_by_number)


def _promotion_holders(order: JsonObject) -> Iterator[JsonObject]:
    yield order["sales"]["subTotal"]
    yield from order["sales"].get("charges", ())
    for bucket in order["shippingBuckets"]:
        yield from bucket.get("charges", ())
        for position in bucket["positions"]:
            yield position["sum"]


def _by_type(tax: JsonObject) -> str:
    return str(tax["type"])


def _by_id(promotion: JsonObject) -> str:
    return str(promotion["id"])


def _by_number(numbered: JsonObject) -> tuple[bool, int]:
    number: Any = numbered.get("number")
    return number is None, number or 0


def _by_bucket_number(bucket: JsonObject) -> tuple[bool, str]:
    """Bucket numbers are strings, so they sort as strings."""
    number = str(bucket.get("number", ""))
    return not number, number

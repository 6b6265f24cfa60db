"""The order as a whole, and the change request that carries one. [iom-api 1.1, 1.2, 6.6-6.9]"""

from __future__ import annotations

from functools import cache

from dev_iomconnector_iom.contract.addresses import CUSTOMER_DATA, invoice_address, shipping_address
from dev_iomconnector_iom.contract.fields import (
    Boolean,
    Code,
    DateTime,
    Integer,
    ListOf,
    MapOf,
    Record,
    Text,
    choice,
    optional,
    required,
)
from dev_iomconnector_iom.contract.iso import CURRENCIES
from dev_iomconnector_iom.contract.prices import UNIT_PRICE, charge_list, sum_price, total_price
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.contract.violations import Findings
from dev_iomconnector_iom.exact_json import JsonObject

_ATTRIBUTES = MapOf(MapOf(Text()))


def _delivery_date_is_complete(delivery: JsonObject, path: str, findings: Findings) -> None:
    kind = delivery["deliveryDateType"]
    if kind == "EXPRESS" and not delivery.get("name", "").strip():
        findings.add(f"{path}.name", "expressName", "is mandatory for a delivery of type EXPRESS")
    if kind in ("EARLIEST", "FIXED") and "desiredDeliveryDate" not in delivery:
        findings.add(
            f"{path}.desiredDeliveryDate", "desiredDate", f"is mandatory for a delivery of type {kind}"
        )


_SHIPPING = Record(
    optional("freightClass", Text()),
    optional("deliveryOptions", ListOf(Text())),
    required(
        "deliveryDate",
        Record(
            required("deliveryDateType", choice("STANDARD", "EXPRESS", "EARLIEST", "FIXED")),
            optional("name", Text()),
            optional("desiredDeliveryDate", DateTime()),
            rules=[_delivery_date_is_complete],
        ),
    ),
    required("expectedDeliveryDays", Integer(smallest=-1)),
    optional("selectedSupplier", Text()),
)
_PRODUCT = Record(
    required("name", Text()),
    required("number", Text()),
    optional("isbn", Text()),
    optional("ean", Integer(bits=64)),
)
_PAYMENT = Record(
    required("paymentMethod", Text()),
    optional("paymentProviderOrderNo", Text(0, 50)),
    optional("paymentProviderRefNo", Text(0, 50)),
    optional("paymentProviderMerchantAccount", Text(0, 100)),
)


def _position(version: ApiVersion) -> Record:
    return Record(
        optional("number", Integer(smallest=0 if version >= ApiVersion.V2_2 else None)),
        optional("productUnit", Text()),
        required("product", _PRODUCT),
        optional("costCenter", Text(0, 100)),
        optional("project", Text(0, 100)),
        optional("additionalAttributes", _ATTRIBUTES),
        required("quantity", Integer(smallest=1)),
        required("sum", sum_price(version)),
        optional("unitPrice", UNIT_PRICE),
        required("shipping", _SHIPPING),
    )


def _bucket(version: ApiVersion) -> Record:
    return Record(
        optional("number", Text()),
        required("shippingAddress", shipping_address(version)),
        optional("shippingMethod", Text()),
        optional("charges", charge_list(version)),
        optional("additionalAttributes", _ATTRIBUTES),
        required("positions", ListOf(_position(version))),
    )


@cache
def order_table(version: ApiVersion) -> Record:
    """The order as that version defines it."""
    return Record(
        required("shopOrderNumber", Text(1, 50)),
        required("shopOrderCreationDate", DateTime()),
        optional("shopOrderUpdateDate", DateTime()),
        optional("reservationId", Integer(bits=64)),
        optional("costCenter", Text(0, 100)),
        optional("project", Text(0, 100)),
        required("customerData", CUSTOMER_DATA),
        required("invoiceAddress", invoice_address(version)),
        required(
            "sales",
            Record(
                required("currencyCode", Code(CURRENCIES, "a currency code of ISO 4217")),
                required("subTotal", sum_price(version)),
                required("total", total_price(version)),
                optional("charges", charge_list(version)),
            ),
        ),
        required("payment", _PAYMENT),
        optional("optimizationRule", Text()),
        optional("splitShipmentAllowed", Boolean()),
        optional("additionalAttributes", _ATTRIBUTES),
        required("shippingBuckets", ListOf(_bucket(version))),
    )


@cache
def change_request_table(version: ApiVersion) -> Record:
    """A change request: a whole order under an id of the shop's own."""
    return Record(
        required("changeRequest", order_table(version)),
        required("changeRequestId", Text(0, 255)),
    )

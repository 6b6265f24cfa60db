"""The mapping table of the IOM Connector, row by row. [KB B29919, order mapping]"""

from decimal import Decimal
from typing import Any

import pytest

from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from iomconnector.model.order_documents import dump_order, parse_json
from iomconnector.model.orders import Order

DOCUMENT: dict[str, Any] = dict(map_order(full_order()).document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("shopOrderNumber", "00000042"),
        ("shopOrderCreationDate", "2026-03-01T10:00:00.123+01:00"),
        ("reservationId", 907041),
        ("costCenter", "2510-20"),
        ("project", "PR-912"),
        ("optimizationRule", "FEWEST_PARCELS"),
        ("splitShipmentAllowed", True),
        ("additionalAttributes.marketing.campaign", "spring"),
        ("additionalAttributes.payment.transactionId", "tx-1"),
        ("customerData.customerDataType", "COMPANY"),
        ("customerData.shopCustomerNumber", "OilCorp"),
        ("customerData.orderNumber", "BST-8911.2"),
        ("customerData.companyData.companyName", "Oil Corp"),
        ("customerData.companyData.vatNumber", "DE 812464534"),
        ("invoiceAddress.location.type", "AddressLocationStreet"),
        ("invoiceAddress.location.street", "Intershop Tower"),
        ("invoiceAddress.location.streetNumber", "1A"),
        ("invoiceAddress.location.additions", ["Floor 27", "Reception"]),
        ("invoiceAddress.location.district", "Thüringen"),
        ("invoiceAddress.location.postCode", "07740"),
        ("invoiceAddress.location.countryCode", "DEU"),
        ("invoiceAddress.contact.phone", "+49 3641 50-1"),
        ("invoiceAddress.contact.mobile", "+49 165 5673123"),
        ("invoiceAddress.contact.fax", "+49 3641 50-2"),
        ("invoiceAddress.receiver.addressReceiverType", "COMPANY"),
        ("invoiceAddress.receiver.companyName", "Intershop Communications AG"),
        ("invoiceAddress.receiver.person.firstName", "Patricia"),
        ("sales.currencyCode", "EUR"),
        ("sales.subTotal.net.amount", Decimal("11.11")),
        ("sales.subTotal.gross.amountDiscounted", Decimal("11.90")),
        ("sales.subTotal.promotions.0.promotionValueType", "PERCENTAGE"),
        ("sales.total.taxes.0.type", "FullTax"),
        ("sales.total.taxes.0.rate", Decimal("19")),
        ("sales.charges.0.type", "PAYMENTCHARGE"),
        ("payment.paymentMethod", "ISH_INVOICE"),
        ("shippingBuckets.0.number", "1"),
        ("shippingBuckets.0.shippingMethod", "STD_GROUND"),
        ("shippingBuckets.0.shippingAddress.location.district", "Thüringen"),
        ("shippingBuckets.0.charges.0.type", "DELIVERYCHARGE"),
        ("shippingBuckets.0.additionalAttributes.carrier.note", "ring twice"),
        ("shippingBuckets.1.shippingAddress.location.userId", "4711"),
        ("shippingBuckets.1.shippingAddress.location.stationNumber", "145"),
        ("shippingBuckets.0.positions.0.number", 1),
        ("shippingBuckets.0.positions.0.quantity", 2),
        ("shippingBuckets.0.positions.0.productUnit", "piece"),
        ("shippingBuckets.0.positions.0.product.number", "SKU-1"),
        ("shippingBuckets.0.positions.0.product.name", "Logitech ClearChat Comfort"),
        ("shippingBuckets.0.positions.0.product.ean", 4713147997367),
        ("shippingBuckets.0.positions.0.product.isbn", "978-1732102200"),
        ("shippingBuckets.0.positions.0.additionalAttributes.engraving.text", "Für Oma"),
        ("shippingBuckets.0.positions.0.costCenter", "2510-19"),
        ("shippingBuckets.0.positions.0.sum.net.amount", Decimal("11.11")),
        ("shippingBuckets.0.positions.0.unitPrice.gross.listPrice", Decimal("7.14")),
        ("shippingBuckets.0.positions.0.shipping.expectedDeliveryDays", 3),
        ("shippingBuckets.0.positions.0.shipping.selectedSupplier", "Warehouse Hamburg"),
        ("shippingBuckets.0.positions.0.shipping.deliveryOptions", ["DELIVERY_ON_ISLAND"]),
        ("shippingBuckets.0.positions.0.shipping.deliveryDate.deliveryDateType", "EXPRESS"),
        ("shippingBuckets.0.positions.0.shipping.deliveryDate.name", "SHIPPING_EXPRESS"),
        (
            "shippingBuckets.0.positions.1.shipping.deliveryDate.desiredDeliveryDate",
            "2026-03-05T00:00:00.000+01:00",
        ),
    ],
)
def test_a_field_of_the_order_arrives_at_its_place(path: str, value: object) -> None:
    assert _at(DOCUMENT, path) == value


def test_nothing_else_is_in_the_document_than_was_in_the_order() -> None:
    assert "taxes" not in DOCUMENT
    assert set(DOCUMENT["payment"]) == {"paymentMethod"}
    assert set(DOCUMENT["invoiceAddress"]["location"]) == {
        "type", "street", "streetNumber", "city", "postCode", "district", "countryCode", "additions",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "path", "value"),
    [
        ({"payment_methods": {"ISH_INVOICE": "INVOICE"}}, "payment.paymentMethod", "INVOICE"),
        ({"payment_methods": {"OTHER": "INVOICE"}}, "payment.paymentMethod", "ISH_INVOICE"),
        ({"shipping_methods": {"STD_GROUND": "DHL"}}, "shippingBuckets.0.shippingMethod", "DHL"),
        ({"charge_types": {"shipping": "FREIGHT"}}, "shippingBuckets.0.charges.0.type", "FREIGHT"),
        ({"charge_types": {}}, "sales.charges.0.type", "payment"),
        ({"payment_attributes_group": "psp"}, "additionalAttributes.psp.transactionId", "tx-1"),
    ],
)
def test_names_are_translated_as_configured(settings: dict[str, Any], path: str, value: str) -> None:
    assert _at(dict(map_order(full_order(), **settings).document), path) == value


@pytest.mark.parametrize(
    ("owner", "name", "value", "path"),
    [
        ("order", "InventoryReservationId", "12", "reservationId"),
        ("line", "EANCode", "4006381333931", "shippingBuckets.0.positions.0.product.ean"),
        ("line", "ISBN", "3-16-148410-X", "shippingBuckets.0.positions.0.product.isbn"),
    ],
)
def test_three_custom_attributes_fill_a_field_where_the_order_has_no_value(
    owner: str, name: str, value: str, path: str
) -> None:
    content = parse_json(dump_order(full_order(reservation_id=None)))
    line = content["shipping_buckets"][0]["line_items"][0]
    for field in ("ean", "isbn"):
        line["product"].pop(field)
    (content if owner == "order" else line)["attributes"] = {"any group": {name: value, "other": "kept"}}
    document = dict(map_order(Order.model_validate(content)).document)
    assert str(_at(document, path)) == value
    place = document if owner == "order" else document["shippingBuckets"][0]["positions"][0]
    assert place["additionalAttributes"]["any group"] == {name: value, "other": "kept"}


def test_the_same_value_in_field_and_attribute_is_no_conflict() -> None:
    order = full_order(
        attributes={"a": {"InventoryReservationId": "907041"}, "b": {"InventoryReservationId": " "}}
    )
    assert map_order(order).document["reservationId"] == 907041


def test_iom_is_told_of_no_reservation_of_the_shops_own_stock() -> None:
    order = full_order(reservation_id="shop-6f1c2f0e-4f7b-4a55-a7a0-6a1f8a4bb1f3")
    assert "reservationId" not in map_order(order).document


def _at(document: dict[str, Any], path: str) -> object:
    place: Any = document
    for part in path.split("."):
        place = place[int(part)] if isinstance(place, list) else place[part]
    return place

"""Sample orders, in the spirit of the business customer of IOM's demo. [iom-api 1.1]

``python -m dev_iomconnector_iom.samples`` prints one.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

from dev_iomconnector_iom.exact_json import JsonObject, dump

COMPANY = "Intershop Communications AG"


def sample_order(number: str = "Order-0001", **changes: Any) -> JsonObject:
    """A complete order of two positions and a delivery charge; amounts add up.

    Arguments:
        number: The shop's order number.
        changes: Top-level fields to replace.
    """
    order: JsonObject = {
        "shopOrderNumber": number,
        "shopOrderCreationDate": "2026-11-02T10:00:00.000+01:00",
        "customerData": {
            "customerDataType": "COMPANY",
            "orderNumber": "PO-4711",
            "shopCustomerNumber": "Customer-0001",
            "companyData": {"companyName": COMPANY, "vatNumber": "DE 812464534"},
        },
        "invoiceAddress": sample_address("invoice@example.com"),
        "sales": {
            "currencyCode": "USD",
            "subTotal": _sum("100.00", "120.40", "20.40"),
            "total": _sum("105.00", "126.45", "21.45"),
        },
        "payment": {"paymentMethod": "ISH_INVOICE"},
        "splitShipmentAllowed": True,
        "shippingBuckets": [
            {
                "number": "1",
                "shippingMethod": "DHL",
                "shippingAddress": sample_address("goods@example.com"),
                "charges": [{"number": 1, "type": "DELIVERYCHARGE", **_sum("5.00", "6.05", "1.05")}],
                "positions": [
                    sample_position(1, "896737", 2, ("40.00", "48.40", "8.40")),
                    sample_position(2, "7030019", 1, ("60.00", "72.00", "12.00")),
                ],
            }
        ],
    }
    return order | changes


def full_order(number: str = "Order-0001") -> JsonObject:
    """An order that uses every field of the contract, with packstation and PO box among its addresses."""
    order = sample_order(
        number,
        reservationId=907041,
        costCenter="2510-19",
        project="PR-911 CR7",
        optimizationRule="cheapest",
        additionalAttributes={"order": {"export": "false"}, "gift": {"wrapping": "yes"}},
        payment={
            "paymentMethod": "ISH_CREDITCARD",
            "paymentProviderOrderNo": "PSP-ORD-0000123",
            "paymentProviderRefNo": "PSP-RN-0000123",
            "paymentProviderMerchantAccount": "BANKX-PSP-ABC",
        },
    )
    order["customerData"]["companyData"] |= {
        "department": "Engineering",
        "lineOfBusiness": "E-Commerce",
        "costCenterNumber": "CC-1207",
        "commercialRegisterNumber": "HRB 209419",
        "commercialRegisterLocation": "Jena",
        "companyType": "Joint-stock company",
    }
    sales = order["sales"]
    sales["subTotal"]["promotions"] = [_promotion("Promo-1")]
    sales["charges"] = [{"number": 7, "type": "PAYMENTCHARGE", **_sum("0.00", "0.00", "0.00")}]
    first = order["shippingBuckets"][0]
    first["additionalAttributes"] = {"bucket": {"note": "ring twice"}}
    first["charges"][0]["promotions"] = [_promotion("Promo-2")]
    first["shippingAddress"]["location"] |= {"district": "Zentrum", "additions": ["c/o Ernst", "3rd floor"]}
    first["shippingAddress"]["contact"] |= {"phone": "+49 3641 1", "mobile": "+49 165 2", "fax": "+49 3641 3"}
    first["shippingAddress"]["receiver"]["person"] |= {"salutation": "Ms.", "title": "C.P.A."}
    _enrich(first["positions"][0])
    order["shippingBuckets"] += [
        _second_bucket("2", _packstation(), 3, {"deliveryDateType": "EXPRESS", "name": "SHIPPING_EXPRESS"}),
        _second_bucket("3", _post_box(), 4, {"deliveryDateType": "FIXED", "desiredDeliveryDate": _DAY}),
    ]
    return order


_DAY = "2026-12-01T09:00:00Z"


def _enrich(position: JsonObject) -> None:
    position |= {"productUnit": "piece", "costCenter": "CC-1", "project": "P-1"}
    position["additionalAttributes"] = {"position": {"color": "red"}}
    position["product"] |= {"isbn": "978-1732102200", "ean": 47119910}
    position["sum"]["promotions"] = [_promotion("Promo-3")]
    position["sum"]["taxes"].append(
        {"type": "CityTax", "amount": Decimal("0.10"), "rate": Decimal("0.25001"), "location": "USA-TX"}
    )
    position["sum"]["net"]["amountDiscounted"] = Decimal("39.50")
    price = {"amount": Decimal("20.00"), "amountDiscounted": Decimal("19.75"), "listPrice": Decimal("25.00")}
    position["unitPrice"] = {"net": price, "gross": price | {"amount": Decimal("24.20")}}
    position["shipping"] |= {
        "freightClass": "FC1",
        "deliveryOptions": ["DELIVERY_ON_ISLAND"],
        "selectedSupplier": "inTRONICS Texas Warehouse",
    }


def _second_bucket(number: str, location: JsonObject, position: int, delivery: JsonObject) -> JsonObject:
    address = sample_address(f"bucket{number}@example.com") | {"location": location}
    address["receiver"] = {"addressReceiverType": "PERSON", "person": {"lastName": "McTesterson"}}
    item = sample_position(position, f"SKU-{position}", 1, ("0.00", "0.00", "0.00"))
    item["shipping"]["deliveryDate"] = delivery
    return {"number": number, "shippingMethod": "DHL", "shippingAddress": address, "positions": [item]}


def _packstation() -> JsonObject:
    place = {"city": "Jena", "postCode": "07743", "countryCode": "DEU"}
    return {"type": "AddressLocationPackstation", "userId": "4711", "stationNumber": "142"} | place


def _post_box() -> JsonObject:
    place = {"city": "Jena", "postCode": "07743", "countryCode": "DEU"}
    return {"type": "AddressLocationPOBox", "postBox": "142"} | place


def _promotion(identity: str) -> JsonObject:
    return {
        "promotionValueType": "FIXED",
        "promotionValue": Decimal("0.50"),
        "id": identity,
        "name": "Silvester 2026",
        "descriptorId": "SILVESTER",
        "code": "SILVESTER2026",
        "budgetSourceId": "Marketing",
        "netValue": Decimal("0.50"),
        "grossValue": Decimal("0.60"),
    }


def sample_position(number: int, sku: str, quantity: int, prices: tuple[str, str, str]) -> JsonObject:
    """A position.

    Arguments:
        number: The position number.
        sku: The product number.
        quantity: Pieces.
        prices: Net, gross and tax of all pieces.
    """
    return {
        "number": number,
        "quantity": quantity,
        "product": {"name": f"Product {sku}", "number": sku},
        "sum": _sum(*prices),
        "shipping": {"expectedDeliveryDays": 2, "deliveryDate": {"deliveryDateType": "STANDARD"}},
    }


def sample_address(email: str) -> JsonObject:
    """An address of the sample company."""
    return {
        "location": {
            "type": "AddressLocationStreet",
            "street": "Steinweg",
            "streetNumber": "10",
            "city": "Jena",
            "postCode": "07743",
            "countryCode": "DEU",
        },
        "contact": {"email": email},
        "receiver": {
            "addressReceiverType": "COMPANY",
            "companyName": COMPANY,
            "person": {"firstName": "Tess", "lastName": "McTesterson"},
        },
    }


def _sum(net: str, gross: str, tax: str) -> JsonObject:
    return {
        "net": {"amount": Decimal(net)},
        "gross": {"amount": Decimal(gross)},
        "taxes": [{"type": "FullTax", "amount": Decimal(tax)}],
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(dump(sample_order()) + b"\n")

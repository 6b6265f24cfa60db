"""Each rule of the contract is refused over a real socket, with the field named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.samples import full_order
from dev_iomconnector_iom.testing import GONE, Caller, altered, manual_stand_in

_numbers = count(1)


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with manual_stand_in() as running:
        yield Caller(running.url)


BUCKET = "shippingBuckets[0]"
POSITION = f"{BUCKET}.positions[0]"
SUM = f"{POSITION}.sum"
CHARGE = f"{BUCKET}.charges[0]"
PROMOTION = f"{SUM}.promotions[0]"
SHIPPING = f"{POSITION}.shipping"
DELIVERY = f"{SHIPPING}.deliveryDate"
STREET = f"{BUCKET}.shippingAddress.location"
STATION = "shippingBuckets[1].shippingAddress.location"
PO_BOX = "shippingBuckets[2].shippingAddress.location"
TOTAL = "sales.total"
INVOICE = "invoiceAddress"

PACKSTATION = {
    "type": "AddressLocationPackstation",
    "city": "Jena",
    "postCode": "07743",
    "countryCode": "DEU",
    "userId": "1",
    "stationNumber": "2",
}
FULL_TAX = {"type": "FullTax", "amount": 1}
MOON_TAX = {"type": "MoonTax", "amount": 1}

REFUSED_IN_ITS_PLACE: dict[str, tuple[str, Any]] = {
    "discount over amount": (f"{SUM}.net.amountDiscounted", Decimal("40.01")),
    "discount over amount in a unit price": (
        f"{POSITION}.unitPrice.gross.amountDiscounted",
        Decimal("24.21"),
    ),
    "charge net over gross": (f"{CHARGE}.net.amount", Decimal("6.06")),
    "charge without gross": (f"{CHARGE}.gross", GONE),
    "charge without net": (f"{CHARGE}.net", GONE),
    "sum net over gross": (f"{SUM}.net.amount", Decimal("48.41")),
    "total net over gross": (f"{TOTAL}.net.amount", Decimal("126.46")),
    "unit price net over gross": (f"{POSITION}.unitPrice.net.amount", Decimal("24.21")),
    "sum without taxes": (f"{SUM}.taxes", []),
    "total without taxes": (f"{TOTAL}.taxes", []),
    "charge without taxes": (f"{CHARGE}.taxes", []),
    "tax rate with 6 decimals": (f"{SUM}.taxes[1].rate", Decimal("5.000001")),
    "tax type too long": (f"{CHARGE}.taxes[0].type", "t" * 513),
    "tax location too long": (f"{CHARGE}.taxes[0].location", "t" * 513),
    "promotion net over gross": (f"{PROMOTION}.netValue", Decimal("0.61")),
    "promotion with 3 decimals": (f"{PROMOTION}.grossValue", Decimal("0.601")),
    "promotion below nought": (f"{PROMOTION}.promotionValue", -1),
    "promotion id too long": (f"{PROMOTION}.id", "p" * 513),
    "promotion name too long": (f"{PROMOTION}.name", "p" * 1025),
    "order number too long": ("shopOrderNumber", "n" * 51),
    "order number empty": ("shopOrderNumber", ""),
    "quantity nought": (f"{POSITION}.quantity", 0),
    "quantity over int32": (f"{POSITION}.quantity", 1 << 31),
    "quantity with a fraction": (f"{POSITION}.quantity", Decimal("1.5")),
    "position number below nought": (f"{POSITION}.number", -1),
    "position number twice in two buckets": ("shippingBuckets[1].positions[0].number", 1),
    "bucket number twice": ("shippingBuckets[1].number", "1"),
    "charge number twice, in order and bucket": (f"{CHARGE}.number", 7),
    "company without data": ("customerData.companyData", GONE),
    "expected delivery days missing": (f"{SHIPPING}.expectedDeliveryDays", GONE),
    "expected delivery days below -1": (f"{SHIPPING}.expectedDeliveryDays", -2),
    "street missing": (f"{STREET}.street", GONE),
    "packstation without user": (f"{STATION}.userId", GONE),
    "packstation without station": (f"{STATION}.stationNumber", GONE),
    "three additions at a packstation": (f"{STATION}.additions", ["a", "b", "c"]),
    "four additions at a street": (f"{STREET}.additions", ["a", "b", "c", "d"]),
    "PO box without number": (f"{PO_BOX}.postBox", GONE),
    "unknown location type": (f"{STREET}.type", "street"),
    "location without type": (f"{STREET}.type", GONE),
    "alpha-2 country": (f"{STREET}.countryCode", "DE"),
    "city too long": (f"{STREET}.city", "c" * 101),
    "currency that is none": ("sales.currencyCode", "EURO"),
    "unknown payment method": ("payment.paymentMethod", "BARTER"),
    "unknown shipping method": (f"{BUCKET}.shippingMethod", "PIGEON"),
    "ean as text": (f"{POSITION}.product.ean", "0047119910"),
    "company name too long": (f"{INVOICE}.receiver.companyName", "c" * 101),
    "email too long": (f"{INVOICE}.contact.email", "e" * 90 + "@example.com"),
    "no email": (f"{INVOICE}.contact.email", "nobody"),
    "phone too long": (f"{INVOICE}.contact.phone", "5" * 26),
    "first name too long": (f"{INVOICE}.receiver.person.firstName", "f" * 51),
    "vat number too long": ("customerData.companyData.vatNumber", "v" * 26),
    "customer number too long": ("customerData.shopCustomerNumber", "c" * 256),
    "creation date without offset": ("shopOrderCreationDate", "2026-11-02T10:00:00"),
    "creation date on no day": ("shopOrderCreationDate", "2026-02-30T10:00:00Z"),
    "amount as text": (f"{TOTAL}.gross.amount", "126.45"),
    "amount without end": (f"{TOTAL}.gross.amount", Decimal("1e30")),
    "null": ("costCenter", None),
    "attributes without group": ("additionalAttributes.order", "value"),
}

REFUSED_ELSEWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "sum without net and gross": ({f"{SUM}.net": GONE, f"{SUM}.gross": GONE}, f"{SUM}.net"),
    "total without net and gross": ({f"{TOTAL}.net": GONE, f"{TOTAL}.gross": GONE}, f"{TOTAL}.net"),
    "unit price without net and gross": ({f"{POSITION}.unitPrice": {}}, f"{POSITION}.unitPrice.net"),
    "tax type twice": ({f"{TOTAL}.taxes": [FULL_TAX, FULL_TAX]}, f"{TOTAL}.taxes[0].type"),
    "unknown tax without rate": ({f"{TOTAL}.taxes": [FULL_TAX, MOON_TAX]}, f"{TOTAL}.taxes[1].rate"),
    "receiver person without person": (
        {f"{INVOICE}.receiver": {"addressReceiverType": "PERSON", "companyName": "C"}},
        f"{INVOICE}.receiver.person",
    ),
    "receiver company without name": (
        {f"{INVOICE}.receiver": {"addressReceiverType": "COMPANY", "person": {"lastName": "L"}}},
        f"{INVOICE}.receiver.companyName",
    ),
    "express without name": ({f"{DELIVERY}.deliveryDateType": "EXPRESS"}, f"{DELIVERY}.name"),
    "earliest without date": (
        {f"{DELIVERY}.deliveryDateType": "EARLIEST"},
        f"{DELIVERY}.desiredDeliveryDate",
    ),
    "fixed without date": ({f"{DELIVERY}.deliveryDateType": "FIXED"}, f"{DELIVERY}.desiredDeliveryDate"),
    "packstation for the invoice": ({f"{INVOICE}.location": PACKSTATION}, f"{INVOICE}.location.type"),
}

CASES = {
    name: ({path: value}, path) for name, (path, value) in REFUSED_IN_ITS_PLACE.items()
} | REFUSED_ELSEWHERE


@pytest.mark.parametrize(("changes", "field"), CASES.values(), ids=CASES)
def test_a_broken_rule_is_refused_with_its_field(changes: dict[str, Any], field: str, caller: Caller) -> None:
    answer = caller.post_order(altered(full_order(f"Rule-{next(_numbers)}"), changes))
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["status"] == 400
    (error,) = answer.errors()
    assert error["value"]["field"] == field
    assert error["code"] == "VALIDATION_EXCEPTION"
    assert error["message"].startswith(f"Attribute {field} ")


def test_the_rejected_value_is_shown(caller: Caller) -> None:
    (error,) = caller.post_order(altered(full_order(), {f"{POSITION}.quantity": 0})).errors()
    assert error["value"] == {"field": f"{POSITION}.quantity", "rule": "range", "rejected": "0"}
    assert error["message"] == f"Attribute {POSITION}.quantity must be at least 1"


def test_half_a_surrogate_pair_is_refused(caller: Caller) -> None:
    body = dump(altered(full_order(), {"costCenter": "HALF"})).replace(b'"HALF"', rb'"\ud800"')
    assert caller.post("/orders", body).fields() == ["costCenter"]


def test_all_faults_of_a_document_are_reported_at_once(caller: Caller) -> None:
    order = altered(full_order(), {"shopOrderNumber": "", "payment": GONE, f"{POSITION}.quantity": "2"})
    assert caller.post_order(order).fields() == ["shopOrderNumber", "payment", f"{POSITION}.quantity"]


def test_nothing_that_was_refused_is_stored(caller: Caller) -> None:
    before = caller.get("/order-states").json["meta"]["totalCount"]
    assert caller.post_order(altered(full_order("Refused"), {"payment": GONE})).status == 400
    assert caller.order("Refused").status == 404
    assert caller.get("/order-states").json["meta"]["totalCount"] == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a":NaN}', b"\xff{}", b"[" * 100_000, b'{"shopOrderNumber":' + b"9" * 5000 + b"}"],
    ids=["empty", "cut", "NaN", "no UTF-8", "deep", "endless number"],
)
def test_what_is_no_json_is_refused(body: bytes, caller: Caller) -> None:
    answer = caller.post("/orders", body)
    assert (answer.status, [error["code"] for error in answer.errors()]) == (400, ["MALFORMED_JSON"])


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"text"'])
def test_what_is_no_object_is_refused(body: bytes, caller: Caller) -> None:
    (error,) = caller.post("/orders", body).errors()
    assert error["message"] == "The document must be an object"

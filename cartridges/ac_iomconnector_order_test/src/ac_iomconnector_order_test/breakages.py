"""Every way to break exactly one rule of a valid order document."""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ac_iomconnector_order_test.limits import lengths, ranges
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.sample_parts import PLACES, position
from ac_iomconnector_order_test.violation import ABSENT
from ac_iomconnector_order_test.wire_values import Json


@dataclass(frozen=True, slots=True)
class Breakage:
    """One fault.

    Arguments:
        name: What is done to the document, unique in a version.
        rule: The rule that is then broken.
        apply: Breaks a valid document in place and gives the JSON path of the fault.
    """

    name: str
    rule: str
    apply: Callable[[Json], str]


@functools.cache
def breakages(version: str) -> tuple[Breakage, ...]:
    """Every breakage of a version."""
    return (
        *_missing_members(),
        *_wrong_values(),
        *_lengths(version),
        *_ranges(version),
        *_described(version),
        *_shapes(),
    )


def _set(kind: str, name: str, value: Any, rule: str, label: str, **also: Any) -> Breakage:
    """Set a member of a part (or remove it), after setting what must be there for the fault to be one."""

    def apply(document: Json) -> str:
        part, path = PLACES[kind](document)
        part.update(also)
        if value is ABSENT:
            part.pop(name, None)
        else:
            part[name] = value
        return f"{path}.{name}"

    return Breakage(f"{kind}.{name} {label}", rule, apply)


_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "Order": (
        "shopOrderNumber",
        "shopOrderCreationDate",
        "customerData",
        "invoiceAddress",
        "sales",
        "payment",
        "shippingBuckets",
    ),
    "CustomerData": ("customerDataType",),
    "CompanyData": ("companyName",),
    "AddressInvoice": ("location", "receiver"),
    "AddressLocation": ("city", "postCode", "countryCode", "type"),
    "AddressLocationStreet": ("street",),
    "AddressLocationPOBox": ("postBox",),
    "AddressLocationPackstation": ("userId", "stationNumber"),
    "Contact": ("email",),
    "AddressReceiver": ("addressReceiverType",),
    "Person": ("lastName",),
    "Sales": ("currencyCode", "subTotal", "total"),
    "Tax": ("type", "amount"),
    "Charge": ("type", "net", "gross"),
    "Payment": ("paymentMethod",),
    "ShippingBucket": ("shippingAddress", "positions"),
    "OrderPosition": ("quantity", "product", "sum", "shipping"),
    "Product": ("name", "number"),
    "Shipping": ("deliveryDate", "expectedDeliveryDays"),
    "DeliveryDate": ("deliveryDateType",),
    "Promotion": (
        "promotionValueType",
        "promotionValue",
        "id",
        "name",
        "descriptorId",
        "netValue",
        "grossValue",
    ),
}


def _missing_members() -> Iterator[Breakage]:
    for kind, names in _REQUIRED.items():
        for name in names:
            yield _set(kind, name, ABSENT, "openapi:required", "missing")


def _wrong_values() -> Iterator[Breakage]:
    """Types, enumerations, formats, and the discriminator."""
    for kind, name in (
        ("CustomerData", "customerDataType"),
        ("AddressReceiver", "addressReceiverType"),
        ("DeliveryDate", "deliveryDateType"),
        ("Promotion", "promotionValueType"),
    ):
        yield _set(kind, name, "UNHEARD_OF", "openapi:enum", "unknown")
    yield _set("AddressLocation", "type", "AddressLocationMoon", "openapi:discriminator", "unknown")
    for kind, name, value in (
        ("Order", "splitShipmentAllowed", "yes"),
        ("Order", "costCenter", None),
        ("Order", "additionalAttributes", [{"name": "a", "value": "b"}]),
        ("Product", "number", 7030019),
        ("Tax", "amount", "12.00"),
        ("Shipping", "deliveryOptions", "DELIVERY_ON_ISLAND"),
    ):
        yield _set(kind, name, value, "openapi:type", "of a wrong type")
    for name, value in (
        ("shopOrderCreationDate", "2026-11-23T14:30:00"),
        ("shopOrderCreationDate", "23.11.2026"),
        ("shopOrderUpdateDate", "2026-02-30T10:00:00Z"),
    ):
        yield _set("Order", name, value, "openapi:format", f"is {value}")
    yield _set("Contact", "email", "no mailbox", "openapi:format", "is no mailbox")
    yield _set("DeliveryDate", "desiredDeliveryDate", "2026-12-24", "openapi:format", "without time")


def _lengths(version: str) -> Iterator[Breakage]:
    for kind, limits in lengths(version).items():
        if kind not in PLACES:
            continue
        for name, (least, greatest) in limits.items():
            long = "l" * 60 + "@" + "d" * (greatest - 60) if name == "email" else "x" * (greatest + 1)
            yield _set(kind, name, long, Rule.LENGTH, "too long")
            if least and name != "email":
                yield _set(kind, name, "", Rule.LENGTH, "empty")


def _ranges(version: str) -> Iterator[Breakage]:
    for kind, limits in ranges(version).items():
        for name, (least, greatest) in limits.items():
            yield _set(kind, name, least - 1, Rule.NUMBER_RANGE, "too small")
            yield _set(kind, name, greatest + 1, Rule.NUMBER_RANGE, "too great")
            yield _set(kind, name, Decimal("7.5"), Rule.NUMBER_RANGE, "not whole")
    yield _set("Product", "ean", "4006381333931", Rule.NUMBER_RANGE, "as text")


def _described(version: str) -> Iterator[Breakage]:
    """What the official documents say in words."""
    net, gross = {"amount": Decimal("10.01")}, {"amount": Decimal("10.00")}
    for kind in ("SumPrice", "TotalPrice", "UnitPrice", "Charge"):
        yield _below(_set(kind, "net", net, Rule.NET_WITHIN_GROSS, "above gross", gross=gross), "amount")
        discounted = {"amount": Decimal("10.00"), "amountDiscounted": Decimal("10.00001")}
        yield _below(
            _set(
                kind,
                "gross",
                discounted,
                Rule.DISCOUNT_WITHIN_AMOUNT,
                "discounted upwards",
                net=discounted_net(),
            ),
            "amountDiscounted",
        )
    for kind in ("SumPrice", "TotalPrice", "Charge"):
        yield _set(kind, "taxes", [], Rule.TAXES_PRESENT, "empty")
        yield _set(kind, "taxes", ABSENT, Rule.TAXES_PRESENT, "missing")
    twice = [{"type": "FullTax", "amount": Decimal(1)}, {"type": "FullTax", "amount": Decimal(2)}]
    yield _below(_set("TotalPrice", "taxes", twice, Rule.TAX_TYPE_ONCE, "of one type"), "type", item=1)
    if version >= "2.1":
        yield _set("Tax", "rate", Decimal("5.300001"), Rule.TAX_RATE_DECIMALS, "too precise")
    above = {"grossValue": Decimal("1.99")}
    yield _set(
        "Promotion", "netValue", Decimal("2.00"), Rule.PROMOTION_NET_WITHIN_GROSS, "above gross", **above
    )
    for name in ("promotionValue", "netValue", "grossValue"):
        also = {"netValue": Decimal(0), "grossValue": Decimal(2), name: Decimal(1)}
        yield _set("Promotion", name, Decimal("1.005"), Rule.PROMOTION_DECIMALS, "of three decimals", **also)
    yield _set("Promotion", "promotionValue", Decimal("-0.01"), Rule.PROMOTION_VALUE, "negative")
    company = {"customerDataType": "COMPANY"}
    yield _set("CustomerData", "companyData", ABSENT, Rule.COMPANY_DATA, "of a company missing", **company)
    yield _set("AddressReceiver", "companyName", ABSENT, Rule.RECEIVER_COMPANY, "missing")
    person = {"addressReceiverType": "PERSON"}
    yield _set("AddressReceiver", "person", ABSENT, Rule.RECEIVER_PERSON, "missing", **person)
    express = {"deliveryDateType": "EXPRESS"}
    yield _set("DeliveryDate", "name", ABSENT, Rule.EXPRESS_NAME, "of express missing", **express)
    for kind in ("EARLIEST", "FIXED"):
        date = {"deliveryDateType": kind}
        yield _set(
            "DeliveryDate", "desiredDeliveryDate", ABSENT, Rule.DESIRED_DATE, f"of {kind} missing", **date
        )
    yield from _described_addresses()


def discounted_net() -> Json:
    """A net price below any that the faults use."""
    return {"amount": Decimal(1)}


def _described_addresses() -> Iterator[Breakage]:
    station = {"userId": "123456", "stationNumber": "101"}
    yield _set(
        "AddressLocation",
        "type",
        "AddressLocationPackstation",
        Rule.INVOICE_PACKSTATION,
        "of invoice",
        **station,
    )
    yield _set("AddressLocationPackstation", "additions", ["1", "2", "3"], Rule.ADDITIONS, "too many")
    yield _set("AddressLocationStreet", "additions", ["1", "2", "3", "4"], Rule.ADDITIONS, "too many")
    for code in ("DE", "deu", "XKX", ""):
        yield _set("AddressLocation", "countryCode", code, Rule.COUNTRY_CODE, f"is {code!r}")
    for code in ("€", "EURO", "eur", "DEM"):
        yield _set("Sales", "currencyCode", code, Rule.CURRENCY_CODE, f"is {code!r}")


def _below(breakage: Breakage, name: str, *, item: int | None = None) -> Breakage:
    """The same fault, its place one step further down."""

    def apply(document: Json) -> str:
        index = "" if item is None else f"[{item}]"
        return f"{breakage.apply(document)}{index}.{name}"

    return Breakage(breakage.name, breakage.rule, apply)


def _shapes() -> Iterator[Breakage]:
    """Faults of the document as a whole."""
    yield _set("Order", "shippingBuckets", [], Rule.BUCKET_PRESENT, "empty")
    yield _set("ShippingBucket", "positions", [], Rule.POSITION_PRESENT, "empty")
    for kind in ("SumPrice", "TotalPrice", "UnitPrice"):
        yield Breakage(f"{kind} without prices", Rule.NET_OR_GROSS, _without_prices(kind))
    yield Breakage("two positions of one number", Rule.POSITION_NUMBER_ONCE, _repeat_position_number)
    yield Breakage("two buckets of one number", Rule.BUCKET_NUMBER_ONCE, _repeat_bucket_number)
    yield Breakage("two charges of one number", Rule.CHARGE_NUMBER_ONCE, _repeat_charge_number)


def _without_prices(kind: str) -> Callable[[Json], str]:
    def apply(document: Json) -> str:
        part, path = PLACES[kind](document)
        part.pop("net", None)
        part.pop("gross", None)
        return path

    return apply


def _repeat_position_number(document: Json) -> str:
    document["shippingBuckets"].append(
        {
            "shippingAddress": document["shippingBuckets"][0]["shippingAddress"],
            "positions": [{**position(), "number": 4711}, {**position(), "number": 4711}],
        }
    )
    for bucket in document["shippingBuckets"][:-1]:
        for entry in bucket["positions"]:
            entry.pop("number", None)
    return f"$.shippingBuckets[{len(document['shippingBuckets']) - 1}].positions[1].number"


def _repeat_bucket_number(document: Json) -> str:
    first = document["shippingBuckets"][0]
    first["number"] = "the same"
    document["shippingBuckets"].append(
        {"number": "the same", "shippingAddress": first["shippingAddress"], "positions": [position()]}
    )
    return f"$.shippingBuckets[{len(document['shippingBuckets']) - 1}].number"


def _repeat_charge_number(document: Json) -> str:
    charge, _ = PLACES["Charge"](document)
    charge["number"] = 10
    for bucket in document["shippingBuckets"]:
        bucket.pop("charges", None)
    document["shippingBuckets"][0]["charges"] = [dict(charge)]
    return "$.shippingBuckets[0].charges[0].number"

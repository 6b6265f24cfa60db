"""Varied sample orders: private and business customers, every kind of address, promotions, several buckets.

The same seed gives the same orders. Prices are computed here, as a shop would, and rounded half up.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dev_demo_iomconnector.catalogue import (
    BUSINESS_CHANNEL,
    COMPANIES,
    CONSUMER_CHANNEL,
    CONSUMERS,
    PRODUCTS,
    PROMOTIONS,
    STREETS,
    TAX_RATES,
    CatalogueProduct,
)
from dev_demo_iomconnector.sums import Sum, amount, taxes_of
from iomconnector.model.order_documents import order_from
from iomconnector.model.orders import Order

APPROVER = "manager@oilcorp.example.com"
CURRENCIES = ("USD", "EUR")


def sample_orders(
    count: int, *, seed: int, first_number: int, created: datetime | None = None
) -> Iterator[Order]:
    """Make sample orders.

    Arguments:
        count: How many.
        seed: The same seed gives the same orders.
        first_number: The number of the first one; the others follow.
        created: When the first one was created; the others follow by seconds.
    """
    random = Random(seed)  # noqa: S311
    start = created or datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    for index in range(count):
        yield order_from(_order(random, str(first_number + index), start + timedelta(seconds=17 * index)))


def _order(random: Random, number: str, created: datetime) -> dict[str, Any]:
    business = random.random() < 0.4
    currency = random.choice(CURRENCIES)
    consumer = random.choice(CONSUMERS)
    positions = iter(range(1, 100))
    buckets = [
        _bucket(random, index, positions, currency, _address(random, consumer))
        for index in range(1, random.choice((1, 1, 1, 2, 3)) + 1)
    ]
    items = Sum(currency)
    total = Sum(currency)
    for bucket in buckets:
        for item in bucket["line_items"]:
            items.add(item["price"])
            total.add(item["price"])
        for charge in bucket["charges"]:
            total.add(charge)
    order = {
        "number": number,
        "channel": BUSINESS_CHANNEL if business else CONSUMER_CHANNEL,
        "created_at": created.isoformat(),
        "currency": currency,
        "invoice_address": _street(random, consumer),
        "shipping_buckets": buckets,
        "subtotal": items.as_price(),
        "total": total.as_price(),
        "payments": [_payment(random, number)],
        "attributes": {"shop": {"source": "storefront", "campaign": random.choice(("newsletter", "–"))}},
    }
    return order | (_business(random) if business else _private(random))


def _private(random: Random) -> dict[str, Any]:
    extras: dict[str, Any] = {"customer": {"type": "private", "number": f"C-{random.randint(1000, 9999)}"}}
    if random.random() < 0.2:
        extras["reservation_id"] = str(random.randint(100_000, 999_999))
    return extras


def _business(random: Random) -> dict[str, Any]:
    company = random.choice(COMPANIES)
    steps: Sequence[dict[str, Any]] = (
        {"kind": "cost_center", "approvers": [APPROVER]},
        {"kind": "user", "approvers": [APPROVER, "cfo@oilcorp.example.com"]},
    )
    return {
        "customer": {"type": "business", "number": f"B-{random.randint(100, 999)}", "company": company},
        "customer_order_number": f"PO-{random.randint(10_000, 99_999)}",
        "cost_center": "CC-100 Research",
        "project": random.choice(("Apollo", "Łączność")),
        "message_to_merchant": random.choice(("Please deliver before noon.", "Bitte nicht knicken!")),
        "approval_steps": list(random.choice(((), steps[:1], steps[1:], steps))),
        "split_shipment_allowed": random.choice((True, False)),
    }


def _payment(random: Random, number: str) -> dict[str, Any]:
    method = random.choice(("ISH_INVOICE", "ISH_CREDITCARD", "ISH_CASH_IN_ADVANCE"))
    attributes = {"transaction": f"T-{number}"} if method == "ISH_CREDITCARD" else {}
    return {"service_id": method, "attributes": attributes}


def _bucket(
    random: Random, number: int, positions: Iterator[int], currency: str, address: dict[str, Any]
) -> dict[str, Any]:
    chosen = random.sample(PRODUCTS, random.randint(1, 3))
    shipping = _shipping_costs(currency)
    return {
        "number": str(number),
        "address": address,
        "shipping_method": random.choice(("DHL", "STD_GROUND")),
        "charges": [shipping] if random.random() < 0.7 else [],
        "line_items": [_line_item(random, next(positions), product, currency) for product in chosen],
        "attributes": {"bucket": {"packing": "reuse boxes ♻"}},
    }


def _shipping_costs(currency: str) -> dict[str, Any]:
    net = Decimal("5.00")
    taxes, gross = taxes_of(net, "FullTax", TAX_RATES["FullTax"], currency)
    return {
        "type": "shipping",
        "net": {"amount": amount(net, currency)},
        "gross": {"amount": amount(gross, currency)},
        "taxes": taxes,
    }


def _line_item(random: Random, position: int, product: CatalogueProduct, currency: str) -> dict[str, Any]:
    quantity = random.randint(1, 5)
    rate = TAX_RATES[product.tax_class]
    net = product.net * quantity
    price = _price(random, net, product.tax_class, currency)
    _, unit_gross = taxes_of(product.net, product.tax_class, rate, currency)
    return {
        "position": position,
        "product": {
            "sku": product.sku,
            "name": product.name,
            "ean": product.ean,
            "isbn": product.isbn,
        },
        "quantity": {"value": str(quantity), "unit": product.unit},
        "unit_price": {
            "net": {"amount": amount(product.net, currency)},
            "gross": {
                "amount": amount(unit_gross, currency),
                "list_price": amount(unit_gross + 1, currency),
            },
        },
        "price": price,
        "delivery": _delivery(random),
        "attributes": {"product": {"gift note": "für Óscar 🎁"}} if random.random() < 0.2 else {},
    }


def _price(random: Random, net: Decimal, tax_class: str, currency: str) -> dict[str, Any]:
    rate = TAX_RATES[tax_class]
    promotions: list[dict[str, Any]] = []
    paid = net
    if net > 20 and random.random() < 0.3:
        kind, name, code, value = random.choice(PROMOTIONS)
        given = (net * value / 100).quantize(Decimal("0.01")) if kind == "percentage" else value
        _, given_gross = taxes_of(given, tax_class, rate, currency)
        paid = net - given
        promotions = [
            {
                "id": f"promo-{code}",
                "name": name,
                "descriptor_id": code,
                "code": code,
                "value_type": kind,
                "value": str(value),
                "net": amount(given, currency),
                "gross": amount(given_gross, currency),
            }
        ]
    taxes, gross = taxes_of(paid, tax_class, rate, currency)
    _, full_gross = taxes_of(net, tax_class, rate, currency)
    return {
        "net": {"amount": amount(net, currency), "discounted": amount(paid, currency)},
        "gross": {"amount": amount(full_gross, currency), "discounted": amount(gross, currency)},
        "taxes": taxes,
        "promotions": promotions,
    }


def _delivery(random: Random) -> dict[str, Any]:
    return random.choice(
        (
            {"kind": "standard", "expected_days": 3},
            {"kind": "express", "name": "SHIPPING_EXPRESS", "expected_days": 1},
            {"kind": "earliest", "desired_at": "2026-12-01T00:00:00+01:00"},
            {"kind": "fixed", "desired_at": "2026-12-24T10:00:00+01:00", "options": ["TO_THE_DOOR"]},
        )
    )


def _address(random: Random, consumer: tuple[str, str, str]) -> dict[str, Any]:
    kind = random.random()
    if kind < 0.7:
        return _street(random, consumer)
    where = {"city": "Jena", "postal_code": "07740", "country_code": "DEU", **_receiver(consumer)}
    if kind < 0.85:
        return {"type": "post_box", "post_box": "10 04 12", **where}
    return {"type": "packing_station", "customer_id": "8839201", "station_number": "145", **where}


def _street(random: Random, consumer: tuple[str, str, str]) -> dict[str, Any]:
    address = {"type": "street", **random.choice(STREETS), **_receiver(consumer)}
    if random.random() < 0.2:
        address["company_name"] = "Käthes Büro GbR"
    return address


def _receiver(consumer: tuple[str, str, str]) -> dict[str, Any]:
    first, last, email = consumer
    return {
        "person": {"first_name": first, "last_name": last},
        "contact": {"email": email, "phone_home": "+49 3641 123456", "phone_mobile": "+49 165 5673123"},
    }

"""What lies on the right side of each rule is accepted, in each version and shop."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from dev_iomconnector_iom import ApiVersion, Right, ShopConfig, StandInConfig, UserConfig
from dev_iomconnector_iom.samples import full_order, sample_order
from dev_iomconnector_iom.testing import GONE, Caller, altered, manual_stand_in

_numbers = count(1)

BUCKET = "shippingBuckets[0]"
POSITION = f"{BUCKET}.positions[0]"
PROMOTION = f"{POSITION}.sum.promotions[0]"
PO_BOX = {
    "type": "AddressLocationPOBox",
    "city": "Jena",
    "postCode": "07743",
    "countryCode": "DEU",
    "postBox": "2",
}
MOON_TAX = {"type": "MoonTax", "amount": 1, "rate": Decimal("1.123450")}
RECEIVER = "invoiceAddress.receiver.companyName"
EMAIL = "invoiceAddress.contact.email"


@pytest.fixture(scope="module")
def callers() -> Iterator[dict[ApiVersion, Caller]]:
    with (
        manual_stand_in(api_version=ApiVersion.V2_0) as oldest,
        manual_stand_in(api_version=ApiVersion.V2_1) as second,
        manual_stand_in(api_version=ApiVersion.V2_4) as newest,
    ):
        yield {
            ApiVersion.V2_0: Caller(oldest.url),
            ApiVersion.V2_1: Caller(second.url),
            ApiVersion.V2_4: Caller(newest.url),
        }


ACCEPTED: dict[str, dict[str, Any]] = {
    "nothing changed": {},
    "net equals gross": {f"{BUCKET}.charges[0].net.amount": Decimal("6.05")},
    "discount equals amount": {"sales.total.net.amountDiscounted": Decimal("105.00")},
    "only net": {"sales.total.gross": GONE},
    "only gross": {f"{POSITION}.sum.net": GONE},
    "unknown tax with a rate of 5 decimals": {"sales.total.taxes": [MOON_TAX]},
    "blank bucket numbers": {f"shippingBuckets[{place}].number": " " for place in range(3)},
    "three additions at a street": {f"{BUCKET}.shippingAddress.location.additions": ["a", "b", "c"]},
    "position number nought": {f"{POSITION}.number": 0},
    "no position number": {f"{POSITION}.number": GONE},
    "no buckets": {"shippingBuckets": []},
    "no positions": {f"{BUCKET}.positions": []},
    "no shipping method": {f"{BUCKET}.shippingMethod": GONE},
    "unknown fields": {"color": "red", f"{POSITION}.shade": {"deep": [None]}},
    "delivery in -1 days": {f"{POSITION}.shipping.expectedDeliveryDays": -1},
    "PO box for the invoice": {"invoiceAddress.location": PO_BOX},
    "company data of a person": {"customerData.customerDataType": "PERSON"},
    "an amount of 21 digits": {"sales.total.gross.amount": Decimal("999999999999999999999.99")},
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_it_is_accepted(changes: dict[str, Any], callers: dict[ApiVersion, Caller]) -> None:
    answer = callers[ApiVersion.V2_4].post_order(altered(full_order(f"Right-{next(_numbers)}"), changes))
    assert (answer.status, answer.body) == (201, b"")


V = ApiVersion
VERSIONED: dict[str, tuple[str, Any, ApiVersion, bool]] = {
    "promotion id of 513 in 2.0": (f"{PROMOTION}.id", "p" * 513, V.V2_0, True),
    "promotion name of 256 in 2.0": (f"{PROMOTION}.name", "p" * 256, V.V2_0, True),
    "promotion name of 257 in 2.0": (f"{PROMOTION}.name", "p" * 257, V.V2_0, False),
    "promotion name of 257 in 2.1": (f"{PROMOTION}.name", "p" * 257, V.V2_1, True),
    "descriptor of 256 in 2.0": (f"{PROMOTION}.descriptorId", "p" * 256, V.V2_0, False),
    "company name of 101 in 2.0": (RECEIVER, "c" * 101, V.V2_0, True),
    "company name of 101 in 2.1": (RECEIVER, "c" * 101, V.V2_1, False),
    "email of 105 in 2.1": (EMAIL, "e" * 95 + "@b.example", V.V2_1, True),
    "email of 105 in 2.4": (EMAIL, "e" * 95 + "@b.example", V.V2_4, False),
    "negative position number in 2.1": (f"{POSITION}.number", -1, V.V2_1, True),
    "negative position number in 2.4": (f"{POSITION}.number", -1, V.V2_4, False),
    "net over gross in 2.0": (f"{BUCKET}.charges[0].net.amount", Decimal("6.06"), V.V2_0, False),
    "unknown tax in 2.0": ("sales.total.taxes[0].type", "MoonTax", V.V2_0, False),
    "tax type of 513 with rate in 2.1": ("sales.total.taxes[0].type", "t" * 513, V.V2_1, False),
    "a location that is no text in 2.0": ("sales.total.taxes[0].location", 1, V.V2_0, True),
    "a rate of 6 decimals in 2.0": ("sales.total.taxes[0].rate", Decimal("1.000001"), V.V2_0, True),
}


@pytest.mark.parametrize(("path", "value", "version", "is_accepted"), VERSIONED.values(), ids=VERSIONED)
def test_limits_are_those_of_the_version(
    path: str, value: Any, version: ApiVersion, is_accepted: bool, callers: dict[ApiVersion, Caller]
) -> None:
    order = altered(
        full_order(f"Version-{next(_numbers)}"), {f"{POSITION}.sum.taxes[1].type": "ReducedTax", path: value}
    )
    answer = callers[version].post_order(order)
    if is_accepted:
        assert answer.status == 201, answer.body
    else:
        assert answer.fields() == [path]


def test_a_shop_may_map_unknown_shipping_methods_to_a_default() -> None:
    shop = ShopConfig(id=7, name="liberal", unknown_shipping_method="accept")
    user = UserConfig(name="webservice_shop", rights={7: frozenset(Right)})
    with manual_stand_in(shops=(shop,), users=(user,)) as running:
        order = altered(sample_order(), {f"{BUCKET}.shippingMethod": "PIGEON"})
        assert Caller(running.url, shop=7).post_order(order).status == 201


def test_a_body_that_is_too_long_is_refused() -> None:
    with manual_stand_in(max_body_bytes=1000) as running:
        assert Caller(running.url).post_order(sample_order()).status == 413


def test_the_default_configuration_is_the_demo_of_iom() -> None:
    shops = {shop.id: shop.name for shop in StandInConfig().shops}
    assert shops == {10010: "inTRONICS", 10020: "inTRONICS Business"}

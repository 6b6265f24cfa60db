"""The hand-written tables against the official documents, mutation by mutation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from babel.core import get_global
from babel.numbers import list_currencies

from dev_iomconnector_iom import ApiVersion, StandInConfig
from dev_iomconnector_iom.contract.intake import RefusedError, read_order
from dev_iomconnector_iom.contract.iso import COUNTRIES, CURRENCIES
from dev_iomconnector_iom.exact_json import JsonObject, dump, parse
from dev_iomconnector_iom.samples import full_order, sample_order
from dev_iomconnector_iom.testing import GONE, altered
from dev_iomconnector_iom.testing.official import complaints, openapi_folder

_SHOP = StandInConfig().shops[1]
_OFFICIAL = [ApiVersion.V2_0, ApiVersion.V2_2, ApiVersion.V2_4]
_ONE_OF = int(os.environ.get("STAND_IN_MUTATIONS_ONE_OF", "19"))
"""Every nineteenth mutation for each version, so that the test takes seconds; 1 tries all of them."""

_ONLY_IN_DESCRIPTIONS = {
    "netNotAboveGross",
    "netOrGross",
    "discountedNotAboveAmount",
    "taxTypeOnce",
    "ratePrecision",
    "promotionPrecision",
    "packstationAdditions",
    "receiverPerson",
    "receiverCompany",
    "customerCompany",
    "expressName",
    "desiredDate",
    "locationType",
    "positionNumberOnce",
    "bucketNumberOnce",
    "chargeNumberOnce",
    "taxTypeKnown",
    "taxRate",
    "paymentMethodKnown",
    "shippingMethodKnown",
}

needs_documents = pytest.mark.skipif(openapi_folder() is None, reason="the official documents are not there")


@needs_documents
@pytest.mark.parametrize("version", _OFFICIAL)
def test_the_samples_are_valid_for_both(version: ApiVersion) -> None:
    for order in (sample_order(), full_order()):
        assert complaints(parse(dump(order)), "Order", version) == []
        without_unknown_tax(order, version)
        read_order(dump(order), _SHOP, "USA", version)


@needs_documents
@pytest.mark.parametrize("version", _OFFICIAL)
def test_what_the_official_schema_refuses_is_refused_and_nothing_else_without_reason(
    version: ApiVersion,
) -> None:
    base = parse(dump(full_order()))
    without_unknown_tax(base, version)
    refused = accepted = 0
    for place, (path, value) in enumerate(mutations(base)):
        if (place + _OFFICIAL.index(version)) % _ONE_OF:
            continue
        mutant = altered(base, {path: value})
        official = complaints(mutant, "Order", version)
        ours = verdict(mutant, version)
        case = f"{path} = {value!r}"
        if official:
            refused += 1
            assert ours, f"{case}: accepted, but the schema says {official}"
        else:
            accepted += 1
            unexplained = {rule for rule, _ in ours} - _ONLY_IN_DESCRIPTIONS
            assert not unexplained or is_stricter_on_purpose(path), f"{case}: {ours}"
    assert refused > 80
    assert accepted > 40


def verdict(order: JsonObject, version: ApiVersion) -> list[tuple[str, str]]:
    """The broken rules and their fields."""
    try:
        read_order(dump(order), _SHOP, "USA", version)
    except RefusedError as error:
        return [(violation.rule, violation.field) for violation in error.violations]
    return []


def is_stricter_on_purpose(path: str) -> bool:
    """Codes of countries and currencies, and the fields of a type of location, are no schema rules."""
    last = path.rpartition(".")[2]
    return last in ("countryCode", "currencyCode") or (
        ".location." in path and last in ("street", "streetNumber", "postBox", "userId", "stationNumber")
    )


def without_unknown_tax(order: JsonObject, version: ApiVersion) -> None:
    """2.0 has no rate, so an unknown tax type has no way in."""
    if version < ApiVersion.V2_1:
        for tax in order["shippingBuckets"][0]["positions"][0]["sum"]["taxes"]:
            if tax["type"] == "CityTax":
                tax["type"] = "ReducedTax"


_STRINGS = [
    "",
    "x",
    *("y" * length for length in (20, 21, 25, 26, 50, 51, 100, 101, 255, 256, 257, 512, 513)),
]
_STRINGS += ["z" * 1024, "z" * 1025, "2026-11-02T10:00:00.000+01:00", "2026-11-02T10:00:00", "a@b.example"]
_OTHERS: list[Any] = [
    GONE,
    None,
    0,
    -1,
    -2,
    7,
    1 << 31,
    1 << 63,
    Decimal("1.5"),
    True,
    [],
    {},
    ["x"],
    {"x": "y"},
]


def mutations(base: JsonObject) -> Iterator[tuple[str, Any]]:
    """Every place of a document with every value that might be wrong there."""
    for path, old in places(base, ""):
        for value in _OTHERS:
            yield path, value
        for value in _STRINGS if isinstance(old, str) else ["x"]:
            yield path, value


def places(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from places(child, f"{path}[{index}]")


def test_country_codes_are_those_that_babel_knows() -> None:
    alpha3 = {code for code in get_global("territory_aliases") if len(code) == 3 and code.isalpha()}
    assert alpha3 >= COUNTRIES
    assert len(COUNTRIES) == 249


def test_currency_codes_are_those_that_babel_knows() -> None:
    assert CURRENCIES - list_currencies() <= {"XAD", "XCG", "SLE", "VED", "ZWG"}
    assert {"EUR", "USD", "CHF", "JPY", "GBP"} <= CURRENCIES
    assert not CURRENCIES & {"DEM", "FRF", "HRK", "EEK"}

"""Rules in words: every one is broken in every version, and every limit is reached without breaking it."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from babel.core import get_global

from ac_iomconnector_order_test.breakages import Breakage, breakages
from ac_iomconnector_order_test.description_rules import check_change_request, check_order_document
from ac_iomconnector_order_test.iso_codes import COUNTRY_CODES, CURRENCY_CODES
from ac_iomconnector_order_test.openapi import JUDGED_VERSIONS, UnknownApiVersionError
from ac_iomconnector_order_test.price_rules import decimals
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.sample_parts import address, charge, order, packstation, position, promotion
from ac_iomconnector_order_test.violation import Violation

_ON_EXCHANGES = {
    Rule.CHANGE_UPDATE_DATE,
    Rule.CHANGE_ORDER_NUMBER,
    Rule.ONE_MODIFICATION_FILTER,
    Rule.ERROR_REPORT,
    Rule.SORTED,
    Rule.PAGE_SIZE,
}


def _places(violations: tuple[Violation, ...]) -> set[tuple[str, str]]:
    return {(violation.location, violation.rule) for violation in violations}


def _described(version: str) -> list[Breakage]:
    return [breakage for breakage in breakages(version) if isinstance(breakage.rule, Rule)]


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_the_smallest_order_is_valid(version: str) -> None:
    assert check_order_document(order(), version) == ()


@pytest.mark.parametrize("version", JUDGED_VERSIONS)
def test_every_rule_has_a_breakage(version: str) -> None:
    broken = {breakage.rule for breakage in _described(version)}
    missing = set(Rule) - broken - _ON_EXCHANGES
    assert missing == ({Rule.TAX_RATE_DECIMALS} if version == "2.0" else set())


@pytest.mark.parametrize(
    ("version", "breakage"),
    [
        pytest.param(version, breakage, id=f"{version}: {breakage.name}")
        for version in JUDGED_VERSIONS
        for breakage in _described(version)
    ],
)
def test_every_broken_rule_is_found_at_its_place(version: str, breakage: Breakage) -> None:
    document = order()
    path = breakage.apply(document)
    assert _places(check_order_document(document, version)) == {(path, breakage.rule)}


def test_rules_are_looked_at_in_every_bucket_and_position() -> None:
    document = order()
    bucket = {"shippingAddress": address(), "positions": [position(), position()], "charges": [charge()]}
    document["shippingBuckets"].append(copy.deepcopy(bucket))
    last = document["shippingBuckets"][1]
    last["positions"][1]["sum"]["net"]["amount"] = Decimal("72.01")
    last["charges"][0]["gross"]["amountDiscounted"] = Decimal("6.06")
    last["shippingAddress"]["location"]["countryCode"] = "GER"
    last["positions"][0]["unitPrice"] = {"gross": {"amount": 1, "amountDiscounted": 2}}
    assert _places(check_order_document(document, "2.4")) == {
        ("$.shippingBuckets[1].positions[1].sum.net.amount", "net-within-gross"),
        ("$.shippingBuckets[1].charges[0].gross.amountDiscounted", "discount-within-amount"),
        ("$.shippingBuckets[1].shippingAddress.location.countryCode", "country-code"),
        ("$.shippingBuckets[1].positions[0].unitPrice.gross.amountDiscounted", "discount-within-amount"),
    }


def test_a_violation_names_path_value_and_rule() -> None:
    document = order()
    document["sales"]["currencyCode"] = "EURO"
    assert check_order_document(document, "2.0") == (
        Violation("$.sales.currencyCode", "EURO", Rule.CURRENCY_CODE, Rule.CURRENCY_CODE.text),
    )


def test_limits_are_reached_without_breaking_them() -> None:
    document = order()
    document["shippingBuckets"][0].update(
        shippingAddress={**address(), "location": {**packstation(), "additions": ["1", "2"]}}
    )
    document["invoiceAddress"]["location"].update(additions=["1", "2", "3"], city="J", streetNumber="")
    total = document["sales"]["total"]
    total["net"] = {"amount": Decimal("72.00"), "amountDiscounted": Decimal("72.0")}
    total["taxes"] = [
        {"type": "A", "amount": 1, "rate": Decimal("5.30000000")},
        {"type": "B", "amount": 1, "rate": Decimal("0.00001")},
    ]
    document["sales"]["charges"] = [{**charge(), "number": -1}, {**charge(), "number": 0}]
    same = {**promotion(), "netValue": Decimal("12.00"), "promotionValue": Decimal("0.1000")}
    document["sales"]["subTotal"]["promotions"] = [same, {**same, "promotionValue": 0}]
    assert check_order_document(document, "2.4") == ()


def test_blank_bucket_numbers_and_missing_numbers_repeat_freely() -> None:
    document = order()
    document["shippingBuckets"] = [
        {"number": number, "shippingAddress": address(), "positions": [position(), position()]}
        for number in ("", "", "  ", "  ", "1", "2")
    ]
    assert check_order_document(document, "2.4") == ()


def test_a_position_number_is_unique_across_buckets() -> None:
    document = order()
    bucket = {"shippingAddress": address(), "positions": [{**position(), "number": 1}]}
    document["shippingBuckets"] = [bucket, copy.deepcopy(bucket)]
    assert _places(check_order_document(document, "2.4")) == {
        ("$.shippingBuckets[1].positions[0].number", "position-number-once")
    }


@pytest.mark.parametrize(
    ("version", "refused"), [("2.0", False), ("2.1", False), ("2.2", True), ("2.3", True), ("2.4", True)]
)
def test_limits_that_came_with_2_2(version: str, refused: bool) -> None:
    document = order()
    document["invoiceAddress"]["contact"]["email"] = "m" * 90 + "@example.com"
    document["shippingBuckets"][0]["positions"][0]["number"] = -1
    expected = {
        ("$.invoiceAddress.contact.email", "length"),
        ("$.shippingBuckets[0].positions[0].number", "number-range"),
    }
    assert _places(check_order_document(document, version)) == (expected if refused else set())


def test_limits_that_came_with_2_1() -> None:
    document = order()
    document["sales"]["subTotal"]["promotions"] = [{**promotion(), "name": "n" * 257}]
    assert _places(check_order_document(document, "2.0")) == {
        ("$.sales.subTotal.promotions[0].name", "length")
    }
    assert check_order_document(document, "2.1") == ()
    document["sales"]["subTotal"]["promotions"] = [{**promotion(), "id": "i" * 513}]
    assert check_order_document(document, "2.0") == ()
    assert _places(check_order_document(document, "2.1")) == {("$.sales.subTotal.promotions[0].id", "length")}


def test_lengths_count_characters_and_not_bytes() -> None:
    document = order()
    document["invoiceAddress"]["location"]["city"] = "漢" * 100
    assert check_order_document(document, "2.4") == ()


@pytest.mark.parametrize(
    "document", [{}, {"sales": 7, "shippingBuckets": {"a": 1}}, {"shippingBuckets": [None, 3]}]
)
def test_a_document_of_any_shape_can_be_checked(document: dict[str, Any]) -> None:
    assert check_order_document(document, "2.4") == ()


def test_floats_and_odd_numbers_are_compared_too() -> None:
    document = order()
    document["sales"]["total"]["net"]["amount"] = 72.01
    document["sales"]["subTotal"]["net"] = {"amount": Decimal("NaN"), "amountDiscounted": 2}
    assert _places(check_order_document(document, "2.4")) == {
        ("$.sales.total.net.amount", "net-within-gross")
    }


def test_an_unknown_version_has_no_rules() -> None:
    with pytest.raises(UnknownApiVersionError):
        check_order_document(order(), "3.0")


def test_a_change_request_needs_its_update_date_and_the_number_of_its_order() -> None:
    request: dict[str, Any] = {"changeRequestId": "c" * 255, "changeRequest": order()}
    number = "$.changeRequest.shopOrderNumber"
    date = "$.changeRequest.shopOrderUpdateDate"
    assert _places(check_change_request(request, "2.2", shop_order_number="another")) == {
        (date, "change-update-date"),
        (number, "change-order-number"),
    }
    request["changeRequest"]["shopOrderUpdateDate"] = "2026-11-23T14:30:00Z"
    assert check_change_request(request, "2.2", shop_order_number="2026-000001") == ()
    assert check_change_request(request, "2.2") == ()


def test_the_order_in_a_change_request_keeps_all_rules() -> None:
    document = order()
    document["sales"]["currencyCode"] = "XXX"
    document["shopOrderUpdateDate"] = "2026-11-23T14:30:00Z"
    request = {"changeRequestId": "c" * 256, "changeRequest": document}
    assert _places(check_change_request(request, "2.4")) == {
        ("$.changeRequest.sales.currencyCode", "currency-code"),
        ("$.changeRequestId", "length"),
    }


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (7, 0),
        (Decimal("5.300"), 1),
        (Decimal("0.00"), 0),
        (Decimal("1E+3"), 0),
        (Decimal("100"), 0),
        (Decimal("-1.00500"), 3),
        (Decimal("1234567890123456789012345678901.123456"), 6),
    ],
)
def test_decimals_count_without_the_zeros_at_their_end(number: int | Decimal, expected: int) -> None:
    assert decimals(number) == expected


def test_country_codes_are_those_of_the_unicode_territories() -> None:
    aliases = get_global("territory_aliases")
    assert len(COUNTRY_CODES) == 249
    assert len({aliases[code][0] for code in COUNTRY_CODES}) == 249


def test_currency_codes_are_those_in_use() -> None:
    in_use = {
        currency
        for history in get_global("territory_currencies").values()
        for currency, _, end, tender in history
        if end is None and tender
    }
    assert in_use <= CURRENCY_CODES
    assert len(CURRENCY_CODES - in_use) < 10

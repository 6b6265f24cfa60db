"""What the generic validator does not do by itself: discriminator, exact numbers, formats, one-of."""

from decimal import Decimal
from typing import Any

import pytest

from ac_iomconnector_order_test.formats import (
    is_date,
    is_date_time,
    is_email,
    is_int32,
    is_int64,
    is_uri,
    is_uri_reference,
)
from ac_iomconnector_order_test.json_text import JsonTextError, decode_json, encode_json
from ac_iomconnector_order_test.openapi import order_document
from ac_iomconnector_order_test.schemas import SchemaJudge
from ac_iomconnector_order_test.violation import Side, Violation, json_path

_STREET = {"type": "AddressLocationStreet", "city": "Jena", "postCode": "07743", "countryCode": "DEU"}
_INVOICE = {"receiver": {"addressReceiverType": "PERSON"}}


def _judged(schema: str, value: Any) -> dict[str, str]:
    judge = SchemaJudge(order_document("2.4"))
    return {found.location: found.rule for found in judge.judge(judge.schema(schema), value, Side.DOCUMENT)}


def test_the_concrete_type_of_a_location_is_judged() -> None:
    assert _judged("AddressInvoice", {**_INVOICE, "location": {**_STREET, "street": "Steinweg"}}) == {}
    assert _judged("AddressInvoice", {**_INVOICE, "location": _STREET}) == {
        "$.location.street": "openapi:required"
    }
    station = {**_STREET, "type": "AddressLocationPackstation", "userId": "1", "stationNumber": "x" * 101}
    assert _judged("AddressShipping", {**_INVOICE, "location": station}) == {
        "$.location.stationNumber": "openapi:maxLength"
    }
    box = {**_STREET, "type": "AddressLocationPOBox", "street": "not asked for"}
    assert _judged("AddressShipping", {**_INVOICE, "location": box}) == {
        "$.location.postBox": "openapi:required"
    }


@pytest.mark.parametrize("kind", ["AddressLocation", "STREET", ""])
def test_the_type_of_a_location_must_name_a_concrete_type(kind: str) -> None:
    location = {**_STREET, "type": kind, "street": "Steinweg"}
    assert _judged("AddressInvoice", {**_INVOICE, "location": location}) == {
        "$.location.type": "openapi:discriminator"
    }


@pytest.mark.parametrize(
    ("kind", "rule"), [(None, "openapi:type"), (7, "openapi:type"), (["a"], "openapi:type")]
)
def test_the_type_of_a_location_must_be_text(kind: object, rule: str) -> None:
    assert _judged("AddressInvoice", {**_INVOICE, "location": {**_STREET, "type": kind}}) == {
        "$.location.type": rule
    }


def test_a_location_without_type_or_of_another_shape_is_refused() -> None:
    untyped = {name: value for name, value in _STREET.items() if name != "type"}
    assert _judged("AddressInvoice", {**_INVOICE, "location": untyped}) == {
        "$.location.type": "openapi:required"
    }
    assert _judged("AddressInvoice", {**_INVOICE, "location": "Jena"}) == {"$.location": "openapi:type"}


def test_returned_positions_are_of_one_kind() -> None:
    quantities = {"status": "CLOSED", "quantity": 2}
    units = {"status": "CLOSED", "units": [{"serialNumber": "9834JJ-43"}]}
    assert _judged("OrderPositionReturned", quantities) == {}
    assert _judged("OrderPositionReturned", units) == {}
    assert _judged("OrderPositionReturned", {**quantities, **units}) == {"$": "openapi:oneOf"}
    assert _judged("OrderPositionReturned", {"status": "CLOSED"}) == {"$": "openapi:oneOf"}


def test_a_choice_of_both_says_so() -> None:
    judge = SchemaJudge(order_document("2.4"))
    both = {"status": "CLOSED", "quantity": 2, "units": []}
    (found,) = judge.judge(judge.schema("OrderPositionReturned"), both, Side.RESPONSE)
    assert found.message == "matches more than one alternative"


def test_the_widths_of_whole_numbers() -> None:
    assert (is_int32(-2147483648), is_int32(-2147483649)) == (True, False)
    assert (is_int32(2147483647), is_int32(2147483648)) == (True, False)
    assert (is_int64(-9223372036854775808), is_int64(-9223372036854775809)) == (True, False)
    assert (is_int64(9223372036854775807), is_int64(9223372036854775808)) == (True, False)


def test_a_failed_choice_says_what_each_alternative_lacks() -> None:
    judge = SchemaJudge(order_document("2.4"))
    (found,) = judge.judge(judge.schema("OrderPositionReturned"), {"status": "CLOSED"}, Side.RESPONSE)
    assert "$.quantity is required" in found.message
    assert "$.units is required" in found.message


@pytest.mark.parametrize("amount", ["0.1", "100", "1E+2", "-0.00001", "12345678901234567890.123456789"])
def test_numbers_are_judged_as_they_stand(amount: str) -> None:
    price = decode_json(b'{"amount": %s}' % amount.encode())
    assert price["amount"] == Decimal(amount)
    assert not isinstance(price["amount"], float)
    assert _judged("Price", price) == {}


@pytest.mark.parametrize("amount", ['"1.00"', "true", "null", "[]"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    assert _judged("Price", decode_json(b'{"amount": %s}' % amount.encode())) == {"$.amount": "openapi:type"}


def test_the_minimum_is_exact() -> None:
    sample = {
        "promotionValueType": "FIXED",
        "id": "",
        "name": "",
        "descriptorId": "",
        "netValue": 1,
        "grossValue": 1,
    }
    assert _judged("Promotion", {**sample, "promotionValue": Decimal("0.0")}) == {}
    tiny = Decimal("-0.0000000000000000000000000001")
    assert _judged("Promotion", {**sample, "promotionValue": tiny}) == {"$.promotionValue": "openapi:minimum"}


@pytest.mark.parametrize(
    ("ean", "rule"),
    [
        (2**63 - 1, None),
        (2**63, "openapi:format"),
        (-(2**63), None),
        (-(2**63) - 1, "openapi:format"),
        (Decimal("1.0"), "openapi:type"),
        (True, "openapi:type"),
    ],
)
def test_whole_numbers_keep_their_width(ean: object, rule: str | None) -> None:
    expected = {} if rule is None else {"$.ean": rule}
    assert _judged("Product", {"name": "n", "number": "1", "ean": ean}) == expected


def test_additional_attributes_are_text_by_name_by_group() -> None:
    judge = SchemaJudge(order_document("2.4"))
    schema = judge.schema("OrderPosition")["properties"]["additionalAttributes"]
    assert judge.judge(schema, {"group": {"name": "value"}}, Side.DOCUMENT) == ()
    (found,) = judge.judge(schema, {"the group": {"name": 7}}, Side.DOCUMENT)
    assert found.location == "$['the group'].name"


@pytest.mark.parametrize(
    "text", ["2019-09-14T16:22:32.123+02:00", "2024-02-29T00:00:00Z", "1999-12-31T23:59:59-11:30"]
)
def test_moments(text: str) -> None:
    assert is_date_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "2019-09-14T16:22:32.123",
        "2019-09-14 16:22:32Z",
        "2019-09-14T16:22:32+0200",
        "2023-02-29T00:00:00Z",
        "2019-09-14T24:00:01Z",
        "2019-09-14T16:22Z",
        "2019-09-14",
        "2019-09-14T16:22:32Z\n",
        "٢019-09-14T16:22:32Z",
        "",
    ],
)
def test_no_moments(text: str) -> None:
    assert not is_date_time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", True),
        ("2023-02-29", False),
        ("20240229", False),
        ("2024-2-9", False),
        ("2024-02-29T00:00:00Z", False),
    ],
)
def test_days(text: str, expected: bool) -> None:
    assert is_date(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("peter.sampleman@intershop.de", True),
        ("jürgen@büro.example", True),
        ("root@localhost", True),
        ('"a b"@example.com', True),
        ("", False),
        ("nobody", False),
        ("a@b@c", False),
        ("a b@example.com", False),
        ("a@example..com", False),
        ("@example.com", False),
        ("a@", False),
        ("a@example.com\n", False),
    ],
)
def test_mailboxes(text: str, expected: bool) -> None:
    assert is_email(text) is expected


@pytest.mark.parametrize(
    ("text", "absolute", "reference"),
    [
        ("https://localhost:8080/servlets/DocumentServlet/v1.0/InvoiceNote.pdf?k=1&i=2", True, True),
        ("urn:isbn:978", True, True),
        ("/rest/order-service/shops/10020/orders/A%2FB", False, True),
        ("orders/4711", False, True),
        ('https://localhost/x"', False, False),
        ("https://localhost/ä", False, False),
        ("https://localhost/a b", False, False),
        ("https://localhost/%zz", False, False),
        ("", False, False),
    ],
)
def test_addresses_of_resources(text: str, absolute: bool, reference: bool) -> None:
    assert is_uri(text) is absolute
    assert is_uri_reference(text) is reference


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b"[Infinity]",
        b'{"a": 1, "a": 2}',
        b'"\xff"',
        b"1 2",
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(JsonTextError):
        decode_json(content)


def test_a_name_that_stands_twice_is_named() -> None:
    with pytest.raises(JsonTextError, match="the name 'b' stands twice"):
        decode_json(b'{"a": 0, "b": 1, "b": 2}')


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), {1: "a"}, object(), {"a": [b"x"]}])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(JsonTextError):
        encode_json(value)


def test_money_keeps_its_digits_on_the_wire() -> None:
    assert (
        encode_json({"amount": Decimal("100.00"), "ä": [None, True, 7, "ö"]})
        == '{"amount":100.00,"ä":[null,true,7,"ö"]}'.encode()
    )


def test_a_violation_reads_as_a_sentence() -> None:
    violation = Violation(
        "$.sales.currencyCode", "EURO" * 100, "currency-code", "must be a code", Side.REQUEST
    )
    assert str(violation).startswith("request $.sales.currencyCode = 'EURO")
    assert str(violation).endswith("': must be a code [currency-code]")
    assert len(str(violation)) < 180


def test_json_paths() -> None:
    assert (
        json_path(["shippingBuckets", 0, "positions", 11, "sum"]) == "$.shippingBuckets[0].positions[11].sum"
    )
    assert json_path(["a b", "it's"]) == "$['a b'][\"it's\"]"

"""Exact numbers out and in."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_rest_common.errors import IomJsonError
from ac_iomconnector_rest_common.json_numbers import decode, encode

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False).filter(
    lambda number: abs(number.adjusted()) < 300 and len(number.as_tuple().digits) < 300
)
UNICODE = st.text(st.characters(codec="utf-8"))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | DECIMALS | UNICODE,
    lambda inner: st.lists(inner) | st.dictionaries(UNICODE, inner),
    max_leaves=30,
)


@given(DOCUMENTS)
def test_documents_come_back_equal(document: Any) -> None:
    assert decode(encode(document)) == document


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=5))
def test_amounts_keep_their_digits(amount: Decimal) -> None:
    back = decode(encode({"amount": amount}))["amount"]
    assert isinstance(back, Decimal)
    assert str(back) == format(amount, "f")


@given(DECIMALS)
def test_numbers_are_written_in_plain_notation(number: Decimal) -> None:
    written = encode(number).decode()
    assert set(written) <= set("-.0123456789")
    assert Decimal(written) == number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("120.40"), b"120.40"),
        (Decimal("1E+3"), b"1000"),
        (Decimal("1E-7"), b"0.0000001"),
        (Decimal("-0.00"), b"-0.00"),
        (
            datetime(2019, 9, 14, 16, 22, 32, 123999, tzinfo=timezone(timedelta(hours=2))),
            b'"2019-09-14T16:22:32.123+02:00"',
        ),
        (datetime(2026, 1, 1, tzinfo=UTC), b'"2026-01-01T00:00:00.000+00:00"'),
        (
            datetime(1890, 1, 1, tzinfo=timezone(timedelta(minutes=53, seconds=28))),
            b'"1889-12-31T23:06:32.000+00:00"',
        ),
        (date(2026, 3, 1), b'"2026-03-01"'),
        ({"ä": ["€", None, True]}, '{"ä":["€",null,true]}'.encode()),
    ],
)
def test_values_are_written_as_iom_reads_them(value: Any, written: bytes) -> None:
    assert encode(value) == written


ENDLESS: dict[str, Any] = {}
ENDLESS["self"] = ENDLESS


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, "the float 1.5"),
        ({"a": [{"b": float("nan")}]}, "the float nan"),
        ((0.1,), "the float 0.1"),
        (Decimal("NaN"), "NaN is not a number of JSON"),
        (Decimal("sNaN"), "not a number of JSON"),
        (Decimal("-Infinity"), "not a number of JSON"),
        (Decimal("1E+400"), "longer than 300 digits"),
        (Decimal("1E-999999"), "longer than 300 digits"),
        (datetime(2026, 1, 1), "has no offset"),  # noqa: DTZ001
        (2**70, "64-bit"),
        ({1: 2}, "key must be str"),
        ("\ud800", "surrogates"),
        (object(), "object is not a type of JSON"),
        (ENDLESS, "nested too deeply"),
    ],
)
def test_what_would_lose_something_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(IomJsonError, match=reason):
        encode({"value": value})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"NaN", b"[Infinity]", b"01", b"{} {}", b"\xef\xbb\xbf{}x", b'"\\ud800"', b"\xff", b"'a'"],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(IomJsonError, match="are not JSON"):
        decode(body)


@given(st.binary(max_size=200))
def test_bytes_are_read_exactly_when_they_are_json(body: bytes) -> None:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        with pytest.raises(IomJsonError):
            decode(body)
    else:
        decode(body)

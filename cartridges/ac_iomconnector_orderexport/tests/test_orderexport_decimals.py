"""How many decimals a number needs, in whatever notation it comes."""

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_orderexport.decimals import decimal_places


@pytest.mark.parametrize(
    ("number", "places"),
    [
        ("0", 0),
        ("0.00", 0),
        ("0E-9", 0),
        ("100", 0),
        ("1E+2", 0),
        ("1.10", 1),
        ("-1.100", 1),
        ("0.019", 3),
        ("1.00E-7", 7),
        ("1.5E-7", 8),
        ("123456789012345678901234567.8", 1),
    ],
)
def test_trailing_zeros_and_exponents_do_not_count(number: str, places: int) -> None:
    assert decimal_places(Decimal(number)) == places


@given(st.integers(-(10**12), 10**12), st.integers(-12, 12))
def test_so_many_places_are_enough_and_no_fewer(digits: int, exponent: int) -> None:
    exact = Context(prec=40)
    number = Decimal(digits).scaleb(exponent, exact)
    places = decimal_places(number)
    assert number.scaleb(places, exact) % 1 == 0
    assert places == 0 or number.scaleb(places - 1, exact) % 1 != 0

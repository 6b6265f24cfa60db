"""Exact amounts and the one place where they are rounded."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from iomconnector.model.money import InexactAmountError, Money, Rounding, known_currencies, round_amount
from iomconnector.model.values import canonical
from iomconnector.testing.samples import sample_order

AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20
) | st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**40), 10**40), st.integers(0, 40)
)
DECIMALS = st.integers(0, 8)
ROUNDINGS = st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN])


def _fits(amount: Decimal, decimals: int) -> bool:
    """Whether so many decimals are enough, found out with whole numbers."""
    numerator, denominator = amount.as_integer_ratio()
    return bool(numerator * 10**decimals % denominator == 0)


@given(AMOUNTS, DECIMALS, ROUNDINGS)
def test_a_rounded_amount_fits_and_is_at_most_half_a_unit_away(
    amount: Decimal, decimals: int, rounding: Rounding
) -> None:
    rounded = round_amount(amount, decimals, rounding)
    assert _fits(rounded, decimals)
    apart = abs(Fraction(rounded) - Fraction(amount))
    assert 2 * apart * 10**decimals <= 1
    assert round_amount(rounded, decimals, rounding) == rounded
    assert round_amount(-amount, decimals, rounding) == -rounded


@given(AMOUNTS, DECIMALS, st.sampled_from(Rounding))
def test_an_amount_that_fits_stays_as_it_is(amount: Decimal, decimals: int, rounding: Rounding) -> None:
    if _fits(amount, decimals):
        assert round_amount(amount, decimals, rounding) == amount
    elif rounding is Rounding.REFUSE:
        with pytest.raises(InexactAmountError) as refused:
            round_amount(amount, decimals, rounding)
        assert canonical(amount) in str(refused.value)


@given(AMOUNTS, AMOUNTS, DECIMALS, ROUNDINGS)
def test_rounding_keeps_the_order_of_amounts(
    one: Decimal, other: Decimal, decimals: int, rounding: Rounding
) -> None:
    low, high = sorted((one, other))
    assert round_amount(low, decimals, rounding) <= round_amount(high, decimals, rounding)


@pytest.mark.parametrize(
    ("amount", "half_up", "half_even"),
    [
        ("0.125", "0.13", "0.12"),
        ("0.135", "0.14", "0.14"),
        ("-0.125", "-0.13", "-0.12"),
        ("2.5050", "2.51", "2.50"),
        ("0.0049", "0.00", "0.00"),
        (
            "99999999999999999999999999.995",
            "100000000000000000000000000.00",
            "100000000000000000000000000.00",
        ),
    ],
)
def test_a_tie_goes_up_or_to_the_even_neighbour(amount: str, half_up: str, half_even: str) -> None:
    assert round_amount(Decimal(amount), 2, Rounding.HALF_UP) == Decimal(half_up)
    assert round_amount(Decimal(amount), 2, Rounding.HALF_EVEN) == Decimal(half_even)


@given(AMOUNTS)
@example(Decimal("-0.00"))
@example(Decimal("1E+3"))
@example(Decimal("100.10"))
def test_the_canonical_notation_is_plain_short_and_exact(amount: Decimal) -> None:
    text = canonical(amount)
    assert Decimal(text) == amount
    assert "E" not in text
    assert not ("." in text and text.endswith(("0", ".")))
    assert text != "-0"
    assert canonical(Decimal(text + ("0" if "." in text else ".0"))) == text


def test_money_is_written_with_its_currency() -> None:
    assert str(Money(amount=Decimal("1.50"), currency="EUR")) == "1.5 EUR"
    assert Money(amount=Decimal("1.50"), currency="EUR") == Money(amount=Decimal("1.5"), currency="EUR")
    assert Money(amount=Decimal(100), currency="JPY") != Money(amount=Decimal(100), currency="KRW")


@pytest.mark.parametrize("currency", ["EUR", "JPY", "CHF", "USD", "DEM", "TND"])
def test_every_currency_of_iso_4217_is_known_past_ones_included(currency: str) -> None:
    assert currency in known_currencies()
    assert Money(amount=Decimal(1), currency=currency).currency == currency


@pytest.mark.parametrize("currency", ["XXQ", "eur", "EURO", "", "EU"])
def test_an_unknown_currency_is_refused_with_what_to_write(currency: str) -> None:
    with pytest.raises(ValidationError, match="three letters, such as EUR"):
        Money(amount=Decimal(1), currency=currency)


def test_a_time_whose_offset_json_cannot_carry_is_refused() -> None:
    odd = timezone(timedelta(minutes=53, seconds=28))
    with pytest.raises(ValidationError, match="give it in UTC"):
        sample_order(created_at=datetime(1890, 1, 1, tzinfo=odd))

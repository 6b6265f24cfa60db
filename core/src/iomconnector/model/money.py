"""Money, and the one place where amounts are rounded."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

from iomconnector.errors import ConnectorError
from iomconnector.model.values import Exact, Value, canonical


@cache
def known_currencies() -> frozenset[str]:
    """Every currency code of ISO 4217 that the Unicode locale data knows, past ones included."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _known(code: str) -> str:
    if code not in known_currencies():
        raise ValueError(f"{code!r} is not a currency of ISO 4217; write its three letters, such as EUR")
    return code


CurrencyCode = Annotated[str, AfterValidator(_known)]
"""A currency of ISO 4217, three capital letters."""


class Money(Value):
    """An exact amount in a currency.

    Arguments:
        amount: The amount in the currency's main unit (euros, not cents).
        currency: ISO 4217.
    """

    amount: Exact
    currency: CurrencyCode

    def __str__(self) -> str:
        return f"{canonical(self.amount)} {self.currency}"


class Rounding(StrEnum):
    """What happens to an amount with more decimals than the receiver takes."""

    REFUSE = "refuse"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class InexactAmountError(ConnectorError):
    """An amount has more decimals than allowed, and rounding is not configured."""

    code = "money.inexact"


def round_amount(amount: Decimal, decimals: int, rounding: Rounding) -> Decimal:
    """Bring an amount to at most so many decimals; the only rounding of money in the system.

    Arguments:
        amount: The exact amount.
        decimals: How many decimals may stay.
        rounding: How to get there; trailing zeros are never a loss.

    Raises:
        InexactAmountError: The amount has more decimals and rounding is ``REFUSE``.
    """
    exact = Context(prec=len(amount.as_tuple().digits) + decimals + 1)
    exponent = amount.normalize(exact).as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= decimals:
        return amount
    if rounding is Rounding.REFUSE:
        raise InexactAmountError(
            f"{canonical(amount)} has {-exponent} decimals, at most {decimals} are allowed.",
            hint="Correct the amount, or configure a rounding.",
        )
    mode = ROUND_HALF_UP if rounding is Rounding.HALF_UP else ROUND_HALF_EVEN
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=mode, context=exact)

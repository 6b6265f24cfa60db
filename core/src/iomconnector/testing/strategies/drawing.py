"""What the parts of an order share while one is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iomconnector.model.money import Money
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.texts import phrase_pool

T = TypeVar("T")

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY")


class Pricing(Enum):
    """Which prices a shop keeps."""

    BOTH = "both"
    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One order (or a part of one) in the making.

    Arguments:
        draw: Hypothesis' draw.
        bounds: How long things may get.
        currency: The one currency of every amount.
        pricing: Which prices there are.
        odd: What is strange about it.
    """

    draw: DrawFn
    bounds: Bounds = field(default_factory=Bounds)
    currency: str = "EUR"
    pricing: Pricing = Pricing.BOTH
    odd: frozenset[Oddity] = frozenset()

    @property
    def decimals(self) -> int:
        """The decimals of an amount."""
        if Oddity.FINE_AMOUNTS in self.odd:
            return 5
        return 0 if self.currency == "JPY" else 2

    def is_odd(self, oddity: Oddity) -> bool:
        """Whether that is strange about it."""
        return oddity in self.odd

    def money(self, smallest_units: int) -> Money:
        """An amount, given in the smallest units (cents) that this order has."""
        return Money(amount=Decimal(smallest_units).scaleb(-self.decimals), currency=self.currency)

    def integer(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``; shrinks to ``low``."""
        return self.draw(_integers(low, high))

    def flag(self) -> bool:
        """Yes or no; shrinks to no."""
        return bool(self.integer(0, 1))

    def choice(self, values: Sequence[T]) -> T:
        """One of the values; shrinks to the first."""
        return values[self.integer(0, len(values) - 1)]

    def phrase(self, max_length: int, min_length: int = 1) -> str:
        """A text of at most so many characters."""
        return self.choice(phrase_pool(max_length, min_length))

    def options(self, count: int) -> "Options":
        """Decide about ``count`` optional things at once; shrinks to none of them."""
        return Options(self, self.integer(0, 2**count - 1))


class Options:
    """Which optional things there are, out of one drawn number."""

    def __init__(self, drawing: Drawing, bits: int) -> None:
        self._drawing = drawing
        self._bits = bits

    def chosen(self) -> bool:
        """Whether the next optional thing is there."""
        bit = self._bits & 1
        self._bits >>= 1
        return bool(bit)

    def phrase(self, max_length: int) -> str | None:
        """A text, if the next optional thing is there."""
        return self._drawing.phrase(max_length) if self.chosen() else None

    def maybe(self, make: Callable[[], T]) -> T | None:
        """What ``make`` returns, if the next optional thing is there."""
        return make() if self.chosen() else None


@cache
def _integers(low: int, high: int) -> SearchStrategy[int]:
    return st.integers(low, high)


def part(make: Callable[[Drawing], T], **given: Any) -> SearchStrategy[T]:
    """A strategy for one part of an order.

    Arguments:
        make: Draws the part.
        given: Fields of the :class:`Drawing`; a currency is drawn where none is given.
    """

    @st.composite
    def parts(draw: DrawFn) -> T:
        fields = {name: value for name, value in given.items() if value is not None}
        if "currency" not in fields:
            fields["currency"] = Drawing(draw).choice(CURRENCIES)
        return make(Drawing(draw=draw, **fields))

    return parts()

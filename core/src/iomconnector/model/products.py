"""What a shop sells: products with their texts and prices."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from iomconnector.model.money import CurrencyCode, Money, Rounding, round_amount
from iomconnector.model.values import Exact, Printable, RequiredText, Sku, Text, Value

LONGEST_SKU: Final = 255
LONGEST_NAME: Final = 255
LONGEST_DESCRIPTION: Final = 4000
DECIMALS: Final = 2
"""Taxes and prices with tax are rounded to so many decimals, half up, as a shop's sums are."""

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""A language of ISO 639-1, such as ``de``."""


def _not_negative(price: Money) -> Money:
    if price.amount < 0:
        raise ValueError(f"{price} is less than nothing")
    return price


class CatalogProduct(Value):
    """A product that can be bought in a channel.

    Arguments:
        sku: Its number in the channel.
        names: What it is called, by language; at least one.
        descriptions: What it is, a few sentences, by language.
        net: The price of one unit without tax.
        tax_class: The shop's name of the tax.
        tax_rate: Percent: 19 for 19 %.
        unit: The shop's unit, for example ``piece``; none where nobody says it.
    """

    sku: Annotated[Sku, Field(min_length=1, max_length=LONGEST_SKU), Printable]
    names: Annotated[
        dict[LanguageCode, Annotated[RequiredText, Field(max_length=LONGEST_NAME)]], Field(min_length=1)
    ]
    descriptions: dict[LanguageCode, Annotated[Text, Field(max_length=LONGEST_DESCRIPTION)]] = Field(
        default_factory=dict
    )
    net: Annotated[Money, AfterValidator(_not_negative)]
    tax_class: RequiredText
    tax_rate: Annotated[Exact, Field(ge=0, le=100)]
    unit: RequiredText | None = None

    @property
    def currency(self) -> CurrencyCode:
        """The currency of its price."""
        return self.net.currency

    @property
    def tax(self) -> Money:
        """The tax on one unit."""
        exact = self.net.amount * self.tax_rate / 100
        return Money(amount=round_amount(exact, DECIMALS, Rounding.HALF_UP), currency=self.currency)

    @property
    def gross(self) -> Money:
        """The price of one unit with tax."""
        return Money(amount=self.net.amount + self.tax.amount, currency=self.currency)

    def name(self, language: str) -> str:
        """What it is called in a language; in English, or in any other, where it has no name in that one."""
        return _in_language(self.names, language)

    def description(self, language: str) -> str:
        """What it is, in a language or another one as :meth:`name`; empty where nobody says it."""
        return _in_language(self.descriptions, language)


def _in_language(texts: Mapping[str, str], language: str) -> str:
    wanted: Iterable[str] = (language, "en", *sorted(texts))
    return next((texts[code] for code in wanted if texts.get(code)), "")

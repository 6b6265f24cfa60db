"""Prices that add up: money, taxes, promotions, charges and sums."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from iomconnector.model.money import Money
from iomconnector.model.prices import (
    Charge,
    ListPrice,
    Price,
    PriceSum,
    Promotion,
    PromotionValueType,
    Tax,
    UnitPrice,
)
from iomconnector.testing.strategies.amounts import Amounts, TaxShare, percent_of
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import CURRENCIES, Drawing, Pricing, part
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.texts import phrase_pool

FULL_TAX, REDUCED_TAX, NO_TAX = USUAL_TAXES = ("FullTax", "ReducedTax", "NoTax")
"""Tax classes that every receiver is expected to know."""
CHARGE_TYPES = ("shipping", "handling", "payment", "cash_on_delivery", "Überlänge")
_RATES = tuple(Decimal(rate) for rate in ("19", "7", "0", "20.5", "8.125", "5.30000", "100"))
_FINE_RATE = Decimal("8.1234567")
_PERCENTS = tuple(Decimal(percent) for percent in ("10", "0", "2.5", "100", "33.3"))


def currencies() -> SearchStrategy[str]:
    """Currency codes of ISO 4217, one without decimals among them."""
    return st.sampled_from(CURRENCIES)


def money(*, currency: str | None = None) -> SearchStrategy[Money]:
    """Amounts from nothing to ten thousand, with the decimals of the currency."""
    return part(lambda d: d.money(d.integer(0, 10_000 * 10**d.decimals)), currency=currency)


def taxes(*, bounds: Bounds | None = None, currency: str | None = None) -> SearchStrategy[tuple[Tax, ...]]:
    """The taxes at one price: at least one, no class twice."""
    return part(lambda d: taxes_of(d, draw_amounts(d)), bounds=bounds, currency=currency)


def promotions(*, bounds: Bounds | None = None, currency: str | None = None) -> SearchStrategy[Promotion]:
    """Promotions: percentages and fixed amounts."""
    return part(lambda d: draw_promotion(d, draw_amounts(d)), bounds=bounds, currency=currency)


def charges(*, bounds: Bounds | None = None, currency: str | None = None) -> SearchStrategy[Charge]:
    """Shipping costs and surcharges, without a number."""
    return part(lambda d: draw_charge(d, None)[0], bounds=bounds, currency=currency)


def price_sums(*, bounds: Bounds | None = None, currency: str | None = None) -> SearchStrategy[PriceSum]:
    """Prices with taxes and promotions; net, gross or both."""

    def make(d: Drawing) -> PriceSum:
        priced = replace(d, pricing=d.choice(tuple(Pricing)))
        amounts = draw_amounts(priced)
        return price_sum(priced, amounts, draw_promotions(priced, amounts))

    return part(make, bounds=bounds, currency=currency)


def draw_amounts(d: Drawing, unit_net: int | None = None, quantity: Decimal = Decimal(1)) -> Amounts:
    """Draw what something costs.

    A tax class that is none of the usual ones tells its rate, for receivers that do not know it.

    Arguments:
        d: The order in the making.
        unit_net: The net price of one unit, where it is settled already.
        quantity: How many units.
    """
    rate = _FINE_RATE if d.is_odd(Oddity.FINE_RATES) else d.choice(_RATES)
    unit = d.integer(0, 100_000) if unit_net is None else unit_net
    net = percent_of(unit * 100, quantity)
    tax = percent_of(net, rate)
    amounts = Amounts.of(net, net + tax)
    names = _tax_names(d, rate)
    for name, amount in zip(names, _shares(tax, len(names)), strict=True):
        amounts.taxes[name] = _tax_share(d, name, amount, rate)
    return amounts


def _tax_names(d: Drawing, rate: Decimal) -> list[str]:
    usual = NO_TAX if rate == 0 else FULL_TAX
    options = d.options(2)
    if not d.bounds.tax_details:
        return [usual, REDUCED_TAX] if options.chosen() else [usual]
    names = [options.phrase(d.bounds.tax_class) or usual]
    if options.chosen():
        names.append(d.choice([other for other in phrase_pool(d.bounds.tax_class) if other not in names]))
    return names


def _shares(tax: int, count: int) -> list[int]:
    return [tax] if count == 1 else [tax - tax // 3, tax // 3]


def _tax_share(d: Drawing, name: str, amount: int, rate: Decimal) -> TaxShare:
    if not d.bounds.tax_details:
        return TaxShare(amount, None, None)
    options = d.options(2)
    told = options.chosen() or name not in USUAL_TAXES or d.is_odd(Oddity.FINE_RATES)
    return TaxShare(amount, rate if told else None, options.phrase(d.bounds.tax_location))


def draw_promotions(d: Drawing, amounts: Amounts) -> tuple[Promotion, ...]:
    """Draw promotions on a price, often none, and take them off it."""
    return tuple(draw_promotion(d, amounts, number) for number in range(d.integer(0, 2)))


def draw_promotion(d: Drawing, amounts: Amounts, number: int = 0) -> Promotion:
    """Draw a promotion on a price and take it off."""
    percent = d.choice(_PERCENTS)
    net, gross = amounts.reduce(percent)
    options = d.options(3)
    fixed = options.chosen()
    bounds = d.bounds
    return Promotion(
        id=f"{number}{d.phrase(bounds.promotion_id - 1, 0)}",
        name=d.phrase(bounds.promotion_name, 0),
        descriptor_id=d.phrase(bounds.promotion_descriptor, 0),
        code=options.phrase(bounds.promotion_code),
        budget_source=options.phrase(bounds.promotion_budget),
        value_type=PromotionValueType.FIXED if fixed else PromotionValueType.PERCENTAGE,
        value=d.money(gross).amount if fixed else percent,
        net=d.money(net),
        gross=d.money(gross),
    )


def draw_charge(d: Drawing, number: int | None) -> tuple[Charge, Amounts]:
    """Draw a charge; returns what it costs beside it."""
    amounts = draw_amounts(d)
    lowered = draw_promotions(d, amounts) if d.flag() else ()
    charge = Charge(
        number=number,
        type=d.choice(CHARGE_TYPES),
        net=_net(d, amounts),
        gross=_gross(d, amounts),
        taxes=taxes_of(d, amounts),
        promotions=lowered,
    )
    return charge, amounts


def price_sum(d: Drawing, amounts: Amounts, lowered: tuple[Promotion, ...] = ()) -> PriceSum:
    """The price as the shop keeps it."""
    return PriceSum(
        net=None if d.pricing is Pricing.GROSS else _net(d, amounts),
        gross=None if d.pricing is Pricing.NET else _gross(d, amounts),
        taxes=taxes_of(d, amounts),
        promotions=lowered,
    )


def unit_price(d: Drawing, net: int, gross: int) -> UnitPrice:
    """The price of one unit as the shop keeps it, at times with the recommended retail price."""
    options = d.options(2)
    listed = d.money(gross + 100) if options.chosen() else None
    discounted = options.chosen()

    def price(amount: int) -> ListPrice:
        lower = d.money(amount - amount // 10) if discounted else None
        return ListPrice(amount=d.money(amount), discounted=lower, list_price=listed)

    return UnitPrice(
        net=None if d.pricing is Pricing.GROSS else price(net),
        gross=None if d.pricing is Pricing.NET else price(gross),
    )


def taxes_of(d: Drawing, amounts: Amounts) -> tuple[Tax, ...]:
    """The taxes of a price as the shop keeps them."""
    found = tuple(
        Tax(tax_class=name, amount=d.money(share.amount), rate=share.rate, location=share.location)
        for name, share in amounts.taxes.items()
    )
    return (*found, found[0]) if d.is_odd(Oddity.REPEATED_TAX_CLASSES) else found


def _net(d: Drawing, amounts: Amounts) -> Price:
    above = amounts.gross + 1 - amounts.net if d.is_odd(Oddity.NET_ABOVE_GROSS) else 0
    return _price(d, amounts.net + above, amounts.net_discounted, discounted=amounts.discounted)


def _gross(d: Drawing, amounts: Amounts) -> Price:
    return _price(d, amounts.gross, amounts.gross_discounted, discounted=amounts.discounted)


def _price(d: Drawing, amount: int, left: int, *, discounted: bool) -> Price:
    if d.is_odd(Oddity.DISCOUNTED_ABOVE_AMOUNT):
        left, discounted = amount + 1, True
    return Price(amount=d.money(amount), discounted=d.money(left) if discounted else None)

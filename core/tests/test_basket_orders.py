"""The sums of an order that is made of a basket add up, whatever is in it."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iomconnector.model.addresses import Contact, Person, StreetAddress
from iomconnector.model.baskets import BasketLine
from iomconnector.model.money import Money
from iomconnector.model.order_documents import dump_order, parse_order
from iomconnector.model.prices import TotalPrice
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryProductCatalog
from iomconnector.testing.samples import (
    CHANNEL,
    NOON,
    sample_basket,
    sample_customer_user,
    sample_product,
)
from iomconnector.usecases.basket_orders import CheckoutWish, order_of_basket
from iomconnector.usecases.price_baskets import PricedBasket, PricedLine, price_basket

ADDRESS = StreetAddress(
    type="street",
    person=Person(last_name="Miller"),
    contact=Contact(email="anna@example.com"),
    street="Steinweg",
    postal_code="07743",
    city="Jena",
    country_code="DE",
)
WISH = CheckoutWish(ADDRESS, ADDRESS, "ISH_INVOICE", message="Größe „L“", language="de")
TAXES = st.sampled_from([("FullTax", "19"), ("ReducedTax", "7"), ("NoTax", "0"), ("Odd", "7.725")])
LINES = st.lists(
    st.tuples(
        st.decimals("0", "99999.99", places=2),
        TAXES,
        st.integers(1, 9999),
    ),
    min_size=1,
    max_size=12,
)


def priced_of(lines: list[tuple[Decimal, tuple[str, str], int]]) -> PricedBasket:
    """A basket that was priced."""
    priced = []
    for number, (net, (tax_class, rate), quantity) in enumerate(lines):
        product = sample_product(
            f"S-{number}", net={"amount": str(net), "currency": "EUR"}, tax_class=tax_class, tax_rate=rate
        )
        priced.append(PricedLine(BasketLine(product.sku, quantity, product.gross), product))
    return PricedBasket(priced)


def gap(price: TotalPrice) -> Decimal:
    """What is between net and gross, less the taxes: nothing."""
    assert price.net is not None
    assert price.gross is not None
    between = price.gross.amount.amount - price.net.amount.amount
    return between - sum((tax.amount.amount for tax in price.taxes), Decimal(0))


def decimals(amount: Money) -> int:
    """How many decimals an amount has."""
    exponent = amount.amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@given(LINES)
def test_lines_taxes_and_totals_add_up(lines: list[tuple[Decimal, tuple[str, str], int]]) -> None:
    priced = priced_of(lines)
    basket = sample_basket(lines=tuple(line.line for line in priced.lines))
    order = order_of_basket(
        basket, priced, sample_customer_user(), WISH, now=NOON, reservation="7", attributes={}
    )
    items = list(order.line_items)
    for side in ("net", "gross"):
        total = sum((getattr(item.price, side).amount.amount for item in items), Decimal(0))
        assert (
            total == getattr(order.total, side).amount.amount == getattr(order.subtotal, side).amount.amount
        )
    for price in (*(item.price for item in items), order.subtotal, order.total):
        assert gap(price) == 0
        assert all(decimals(tax.amount) <= 2 for tax in price.taxes)
    for item, (_, _, quantity) in zip(items, lines, strict=True):
        assert item.unit_price is not None
        assert item.unit_price.gross is not None
        assert item.price.to_pay.amount == item.unit_price.gross.amount.amount * quantity
    assert len({(tax.tax_class, tax.rate) for tax in order.total.taxes}) == len(order.total.taxes)
    assert parse_order(dump_order(order)) == order


@given(LINES, st.data())
def test_whoever_sees_other_prices_or_pieces_sees_another_fingerprint(
    lines: Any, data: st.DataObject
) -> None:
    priced = priced_of(lines)
    at = data.draw(st.integers(0, len(lines) - 1))
    net, (tax_class, rate), quantity = lines[at]
    other = data.draw(
        st.sampled_from(
            [
                (net + 1, (tax_class, rate), quantity),
                (net, (tax_class, rate), quantity + 1),
                (net, (f"{tax_class}!", rate), quantity),
                (net, (tax_class, str(Decimal(rate) + 1)), quantity),
            ]
        )
    )
    changed = priced_of([*lines[:at], other, *lines[at + 1 :]])
    assert priced_of(lines).fingerprint == priced.fingerprint != changed.fingerprint


@in_event_loop
async def test_what_is_not_sold_or_in_another_currency_is_set_apart() -> None:
    catalog = MemoryProductCatalog()
    dollars = sample_product("D", net={"amount": "1", "currency": "USD"})
    await catalog.put(CHANNEL, [sample_product("A"), dollars])
    price = sample_product().gross
    basket = sample_basket(lines=tuple(BasketLine(sku, 1, price) for sku in ("GONE", "A", "D")))
    priced = await price_basket(basket, catalog)
    assert [line.line.sku for line in priced.lines] == ["A"]
    assert [line.sku for line in priced.gone] == ["GONE", "D"]

"""The order strategies of the framework: what they promise to those who test with them."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from iomconnector.model.exports import PlacedOrder
from iomconnector.model.line_items import LineItemKind
from iomconnector.model.order_documents import dump_order, parse_order
from iomconnector.model.orders import Order
from iomconnector.model.payments import Tender
from iomconnector.model.prices import Charge, Price, TotalPrice
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.strategies import Bounds, Oddity, orders, placed_orders, texts

LONG = Bounds(last_name=50, email=100, city=100, postal_code=25, product_name=80, number=30)


@given(orders())
def test_every_order_survives_its_json_form(order: Order) -> None:
    assert parse_order(dump_order(order)) == order


@given(orders(exportable=True))
def test_amounts_add_up_from_line_items_to_total(order: Order) -> None:
    goods = [item.price for item in order.line_items]
    charges = [*order.charges, *(charge for bucket in order.shipping_buckets for charge in bucket.charges)]
    for side in ("net", "gross"):
        subtotal, total = getattr(order.subtotal, side), getattr(order.total, side)
        if subtotal is None:
            continue
        assert subtotal.amount.amount == sum(_amount(price, side) for price in goods)
        charged = sum(_amount(charge, side) for charge in charges)
        assert total.amount.amount == subtotal.amount.amount + charged
    priced: list[TotalPrice | Charge] = [*goods, *charges, order.total]
    for price in priced:
        _assert_net_tax_gross(price)
    assert _taxes(order.total) == _taxes(order.subtotal) + sum(_taxes(charge) for charge in charges)


@given(orders(exportable=True, bounds=LONG))
def test_an_exportable_order_is_plain_and_within_its_bounds(order: Order) -> None:
    assert order.number.isdigit()
    assert len(order.number) <= LONG.number
    assert [payment.tender for payment in order.payments] == [Tender.OPEN]
    assert not order.approval_steps
    assert order.message_to_merchant is None
    for item in order.line_items:
        assert item.kind is LineItemKind.PRODUCT
        assert item.quantity.value == item.quantity.value.to_integral_value()
        assert len(item.product.name) <= LONG.product_name
    for address in (order.invoice_address, *(bucket.address for bucket in order.shipping_buckets)):
        assert len(address.city) <= LONG.city
        assert len(address.postal_code) <= LONG.postal_code
        assert address.contact is None or len(address.contact.email or "") in range(1, LONG.email + 1)
        assert address.person is None or len(address.person.last_name) <= LONG.last_name


@pytest.mark.parametrize("length", [25, 1])
def test_texts_reach_both_ends_of_their_length(length: int) -> None:
    found = find(texts(25), lambda text: len(text) == length, settings=settings(database=None))
    assert len(found) == length


SHOWS: dict[Oddity, Callable[[Order], bool]] = {
    Oddity.STRANGE_NUMBER: lambda order: not order.number.isdigit(),
    Oddity.WARRANTY: lambda order: all(item.kind is LineItemKind.WARRANTY for item in order.line_items),
    Oddity.LIMITED_TENDER: lambda order: Tender.LIMITED in [paid.tender for paid in order.payments],
    Oddity.SECOND_PAYMENT: lambda order: len(order.payments) == 2,
    Oddity.PARTIAL_PAYMENT: lambda order: order.payments[0].amount is not None,
    Oddity.FRACTIONAL_QUANTITY: lambda order: all(item.quantity.value % 1 for item in order.line_items),
    Oddity.HUGE_NUMBERS: lambda order: all(item.position > 2**31 - 1 for item in order.line_items),
    Oddity.FINE_AMOUNTS: lambda order: _decimals(order) > 2,
    Oddity.FINE_RATES: lambda order: order.total.taxes[0].rate == Decimal("8.1234567"),
    Oddity.NO_EMAIL: lambda order: getattr(order.invoice_address.contact, "email", "x") is None,
    Oddity.LONG_TEXTS: lambda order: len(order.number) == 4 * Bounds().number,
    Oddity.EMPTY_TEXTS: lambda order: not getattr(order.invoice_address, "street", ""),
    Oddity.MANY_ADDRESS_LINES: lambda order: len(order.invoice_address.additional_lines) == 4,
    Oddity.LEADING_ZEROS: lambda order: all((i.product.ean or "")[:1] == "0" for i in order.line_items),
    Oddity.INVOICE_TO_PACKING_STATION: lambda order: order.invoice_address.type == "packing_station",
    Oddity.TEXT_RESERVATION: lambda order: order.reservation_id is not None,
    Oddity.REPEATED_CHARGE_NUMBERS: lambda order: (
        [charge.number for charge in order.shipping_buckets[0].charges] == [7, 7]
    ),
    Oddity.REPEATED_TAX_CLASSES: lambda order: order.total.taxes[0] == order.total.taxes[-1],
    Oddity.NET_ABOVE_GROSS: lambda order: _net_above_gross(order),
    Oddity.DISCOUNTED_ABOVE_AMOUNT: lambda order: _discounted_above_amount(order),
    Oddity.BUSINESS: lambda order: order.message_to_merchant is not None,
}


@pytest.mark.parametrize("oddity", Oddity)
@examples(10)
@given(data=st.data())
def test_every_oddity_shows_in_every_order_that_has_it(oddity: Oddity, data: st.DataObject) -> None:
    assert SHOWS[oddity](data.draw(orders(oddities=[oddity])))


def test_orders_shrink_to_one_line_item_and_nothing_optional() -> None:
    order = find(orders(), lambda order: True, settings=_SEARCH)
    (item,) = order.line_items
    assert item.quantity.value == 1
    assert order.attributes == {}
    assert order.charges == ()
    assert order.customer.type == "private"
    assert order.shipping_buckets[0].charges == ()
    assert order.shipping_buckets[0].address.contact is None


@given(placed_orders(oddities=[Oddity.BUSINESS]))
def test_a_placed_order_has_a_yes_for_every_step(placed: PlacedOrder) -> None:
    steps = placed.order.approval_steps
    assert [decision.step for decision in placed.decisions] == list(range(len(steps)))
    for decision, step in zip(placed.decisions, steps, strict=True):
        assert decision.decided_by in step.approvers


_SEARCH = settings(max_examples=2000, database=None, deadline=None, phases=[Phase.generate, Phase.shrink])


def _net_above_gross(order: Order) -> bool:
    prices: list[TotalPrice | Charge] = [*order.shipping_buckets[0].charges, order.total]
    both = [(price.net, price.gross) for price in prices if price.net and price.gross]
    return all(net.amount.amount > gross.amount.amount for net, gross in both)


def _decimals(order: Order) -> int:
    price = order.total.net or order.total.gross
    return 0 if price is None else -int(price.amount.amount.normalize().as_tuple().exponent)


def _discounted_above_amount(order: Order) -> bool:
    price = order.total.net or order.total.gross
    return price is not None and price.discounted is not None and _left(price) > price.amount.amount


def _amount(price: TotalPrice | Charge, side: str) -> Decimal:
    found: Price = getattr(price, side)
    return found.amount.amount


def _left(price: Price) -> Decimal:
    return (price.discounted or price.amount).amount


def _assert_net_tax_gross(price: TotalPrice | Charge) -> None:
    assert max(Counter(tax.tax_class for tax in price.taxes).values()) == 1
    if price.net is not None and price.gross is not None:
        assert price.net.amount.amount <= price.gross.amount.amount
        assert _left(price.net) + _taxes(price) == _left(price.gross)


def _taxes(price: TotalPrice | Charge) -> Decimal:
    return sum((tax.amount.amount for tax in price.taxes), Decimal(0))

"""Sample orders: varied, correct and repeatable."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dev_demo_iomconnector.catalogue import PRODUCTS
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom.sample_stock import SAMPLE_STOCK
from iomconnector.model.line_items import DeliveryKind
from iomconnector.model.money import Money
from iomconnector.model.order_documents import dump_order, parse_order
from iomconnector.model.orders import Order
from iomconnector.model.prices import Price


def _paid(price: Price | None) -> Decimal:
    assert price is not None
    return (price.discounted or price.amount).amount


def _taxes(*amounts: Money) -> Decimal:
    return sum((money.amount for money in amounts), Decimal(0))


@given(st.integers(min_value=0, max_value=10_000))
def test_the_same_seed_gives_the_same_orders(seed: int) -> None:
    first, again = (
        [dump_order(order) for order in sample_orders(3, seed=seed, first_number=1)] for _ in range(2)
    )
    assert first == again


@given(st.integers(min_value=0, max_value=10_000))
def test_the_sums_add_up(seed: int) -> None:
    (order,) = sample_orders(1, seed=seed, first_number=1)
    charges = [charge for bucket in order.shipping_buckets for charge in bucket.charges]
    items = sum((_paid(item.price.gross) for item in order.line_items), Decimal(0))
    assert _paid(order.subtotal.gross) == items
    assert _paid(order.total.gross) == items + sum((_paid(charge.gross) for charge in charges), Decimal(0))
    taxes = _taxes(*(tax.amount for tax in order.total.taxes))
    assert _paid(order.total.gross) - _paid(order.total.net) == taxes


def test_a_few_hundred_show_everything_that_an_order_can_be() -> None:
    orders = list(sample_orders(300, seed=7, first_number=1))
    addresses = {bucket.address.type for order in orders for bucket in order.shipping_buckets}
    deliveries = {item.delivery.kind for order in orders for item in order.line_items}
    assert addresses == {"street", "post_box", "packing_station"}
    assert deliveries == set(DeliveryKind)
    assert {order.customer.type for order in orders} == {"private", "business"}
    assert {len(order.approval_steps) for order in orders} == {0, 1, 2}
    assert {len(order.shipping_buckets) for order in orders} == {1, 2, 3}
    assert any(item.price.promotions for order in orders for item in order.line_items)
    assert any(order.reservation_id for order in orders)
    assert not all(_name(order).isascii() for order in orders)


def test_they_are_numbered_one_after_the_other_and_can_be_read_back() -> None:
    orders = list(sample_orders(5, seed=1, first_number=900))
    assert [order.number for order in orders] == ["900", "901", "902", "903", "904"]
    assert [parse_order(dump_order(order)) for order in orders] == orders


def _name(order: Order) -> str:
    person = order.invoice_address.person
    return person.last_name if person else ""


def test_the_stand_in_has_stock_of_everything_that_the_sample_shop_sells() -> None:
    assert {product.sku for product in PRODUCTS} <= set(SAMPLE_STOCK)

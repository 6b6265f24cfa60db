"""Orders, whole and consistent, plain or odd."""

from collections.abc import Collection
from dataclasses import replace
from itertools import count

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from iomconnector.model.exports import PlacedOrder
from iomconnector.model.line_items import ShippingBucket
from iomconnector.model.orders import Order
from iomconnector.model.prices import Charge, TotalPrice
from iomconnector.model.values import ChannelId, OrderNumber
from iomconnector.testing.strategies.addresses import ADDRESS_TYPES, draw_address
from iomconnector.testing.strategies.amounts import Amounts
from iomconnector.testing.strategies.approvals import approval_steps, approvals_of
from iomconnector.testing.strategies.attributes import draw_attributes
from iomconnector.testing.strategies.bounds import TEXT_BOUNDS, Bounds
from iomconnector.testing.strategies.customers import draw_customer
from iomconnector.testing.strategies.drawing import CURRENCIES, Drawing, Pricing
from iomconnector.testing.strategies.line_items import draw_bucket
from iomconnector.testing.strategies.moments import moments
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.payments import draw_payments
from iomconnector.testing.strategies.prices import draw_charge, draw_promotions, price_sum
from iomconnector.testing.strategies.texts import digits, texts

CHANNEL = ChannelId("inSPIRED-inTRONICS")


@st.composite
def orders(
    draw: DrawFn,
    *,
    exportable: bool = False,
    bounds: Bounds = Bounds(),
    oddities: Collection[Oddity] | None = None,
    channel: str = CHANNEL,
) -> Order:
    """Orders whose amounts add up: line items to the subtotal, with charges to the total.

    Arguments:
        draw: Given by Hypothesis.
        exportable: Only orders that an order management system with such bounds can take: whole quantities,
            one open-tender payment, amounts with the decimals of their currency, contacts with an e-mail
            address, nothing to approve.
        bounds: How long texts and lists may get.
        oddities: What is strange about every order; by default three things at most, or nothing where
            ``exportable`` is asked for.
        channel: The channel in which they were placed.
    """
    odd = frozenset(oddities) if oddities is not None else frozenset[Oddity]()
    if oddities is None and not exportable:
        odd = draw(st.frozensets(st.sampled_from(Oddity), max_size=3))
    drawing = Drawing(
        draw=draw,
        bounds=_stretched(bounds) if Oddity.LONG_TEXTS in odd else bounds,
        odd=odd,
    )
    currency, pricing = drawing.choice(CURRENCIES), drawing.choice(tuple(Pricing))
    return draw_order(replace(drawing, currency=currency, pricing=pricing), ChannelId(channel))


@st.composite
def placed_orders(
    draw: DrawFn,
    *,
    exportable: bool = False,
    bounds: Bounds = Bounds(),
    oddities: Collection[Oddity] | None = None,
) -> PlacedOrder:
    """Orders that may leave the shop: every approval step has its yes."""
    order = draw(orders(exportable=exportable, bounds=bounds, oddities=oddities))
    return PlacedOrder(order, draw(approvals_of(order.approval_steps)))


def draw_order(d: Drawing, channel: ChannelId) -> Order:
    """Draw an order."""
    numbers = count(1)
    buckets, goods, extras = _buckets(d, numbers)
    lowered = draw_promotions(d, goods) if d.flag() else ()
    charges: tuple[Charge, ...] = ()
    if d.flag():
        charge, cost = draw_charge(d, next(numbers))
        charges = (charge,)
        extras.add(cost)
    subtotal = price_sum(d, goods, lowered)
    goods.add(extras)
    total = price_sum(d, goods)
    business = d.is_odd(Oddity.BUSINESS)
    options = d.options(7)
    reserved = options.chosen() or d.is_odd(Oddity.TEXT_RESERVATION)
    bounds = d.bounds
    return Order(
        number=_number(d),
        channel=channel,
        created_at=d.draw(moments()),
        currency=d.currency,
        customer=draw_customer(d),
        customer_order_number=options.phrase(bounds.customer_order_number),
        invoice_address=draw_address(d, _invoice_types(d)),
        shipping_buckets=buckets,
        charges=charges,
        subtotal=subtotal,
        total=TotalPrice(net=total.net, gross=total.gross, taxes=total.taxes),
        payments=draw_payments(d, goods),
        approval_steps=d.draw(approval_steps()) if business else (),
        reservation_id=_reservation(d) if reserved else None,
        cost_center=options.phrase(bounds.cost_center),
        project=options.phrase(bounds.project),
        message_to_merchant=d.draw(texts(bounds.message)) if business else None,
        split_shipment_allowed=d.flag() if options.chosen() else None,
        optimization_rule=options.phrase(bounds.optimization_rule),
        attributes=draw_attributes(d),
    )


def _buckets(d: Drawing, numbers: "count[int]") -> tuple[tuple[ShippingBucket, ...], Amounts, Amounts]:
    buckets, goods, extras = [], Amounts(), Amounts()
    for index in range(d.integer(1, d.bounds.shipping_buckets)):
        bucket, cost, charged = draw_bucket(d, index, numbers)
        buckets.append(bucket)
        goods.add(cost)
        extras.add(charged)
    return tuple(buckets), goods, extras


def _number(d: Drawing) -> OrderNumber:
    if d.is_odd(Oddity.STRANGE_NUMBER):
        return OrderNumber(d.choice(("!00000001", "B2B/2026-11", "Nr. 7 ü", "?a=b&c#d")))
    if d.is_odd(Oddity.LONG_TEXTS):
        return OrderNumber("7" * d.bounds.number)
    return OrderNumber(d.draw(digits(d.bounds.number)))


def _reservation(d: Drawing) -> str:
    if d.is_odd(Oddity.TEXT_RESERVATION):
        return d.choice(("none", "007", "-1", "99999999999999999999", "4.0"))
    return d.draw(digits(18, leading_zeros=False))


def _invoice_types(d: Drawing) -> tuple[str, ...]:
    if d.is_odd(Oddity.INVOICE_TO_PACKING_STATION):
        return ("packing_station",)
    return tuple(kind for kind in ADDRESS_TYPES if kind != "packing_station")


def _stretched(bounds: Bounds) -> Bounds:
    longer = {name: 4 * getattr(bounds, name) for name in TEXT_BOUNDS}
    return replace(bounds, **{**longer, "number": min(4 * bounds.number, 255)})

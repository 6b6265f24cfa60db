"""Line items and the shipping buckets that they go in."""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis.strategies import SearchStrategy

from iomconnector.model.line_items import (
    Delivery,
    DeliveryKind,
    LineItem,
    LineItemKind,
    Product,
    Quantity,
    ShippingBucket,
)
from iomconnector.model.values import Sku
from iomconnector.testing.strategies.addresses import draw_address
from iomconnector.testing.strategies.amounts import Amounts, percent_of
from iomconnector.testing.strategies.attributes import draw_attributes
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.moments import moments
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.prices import (
    draw_amounts,
    draw_charge,
    draw_promotions,
    price_sum,
    unit_price,
)
from iomconnector.testing.strategies.texts import digits

LARGEST_INT32 = 2**31 - 1


def line_items(*, bounds: Bounds | None = None, currency: str | None = None) -> SearchStrategy[LineItem]:
    """Line items on products."""
    return part(lambda d: draw_line_item(d, 1)[0], bounds=bounds, currency=currency)


def deliveries(*, bounds: Bounds | None = None) -> SearchStrategy[Delivery]:
    """Deliveries that a customer may ask for."""
    return part(_delivery, bounds=bounds, currency="EUR")


def draw_bucket(d: Drawing, index: int, numbers: Iterator[int]) -> tuple[ShippingBucket, Amounts, Amounts]:
    """Draw a shipping bucket.

    Arguments:
        d: The order in the making.
        index: Its place in the order.
        numbers: Gives unused numbers to line items and charges.

    Returns:
        The bucket, what its line items cost, and what its charges cost.
    """
    options = d.options(2)
    goods, extras = Amounts(), Amounts()
    items = []
    for _ in range(d.integer(1, d.bounds.line_items)):
        item, cost = draw_line_item(d, next(numbers))
        items.append(item)
        goods.add(cost)
    charges = []
    fewest = 2 if d.is_odd(Oddity.REPEATED_CHARGE_NUMBERS) else 0
    for _ in range(d.integer(fewest, max(fewest, d.bounds.charges))):
        charge, cost = draw_charge(d, _charge_number(d, numbers))
        charges.append(charge)
        extras.add(cost)
    bucket = ShippingBucket(
        number=_bucket_number(d, index) if options.chosen() else None,
        address=draw_address(d),
        shipping_method=options.phrase(d.bounds.shipping_method),
        line_items=tuple(items),
        charges=tuple(charges),
        attributes=draw_attributes(d),
    )
    return bucket, goods, extras


def draw_line_item(d: Drawing, position: int) -> tuple[LineItem, Amounts]:
    """Draw a line item; returns what it costs beside it."""
    quantity = _quantity(d)
    unit = d.integer(0, 10_000) * 10 + 1 if d.is_odd(Oddity.FINE_AMOUNTS) else d.integer(0, 100_000)
    cost = draw_amounts(d, unit, quantity.value)
    gross = unit if cost.net == 0 else percent_of(unit, Decimal(100 * cost.gross) / cost.net)
    price = unit_price(d, unit, max(gross, unit))
    lowered = draw_promotions(d, cost)
    options = d.options(4)
    item = LineItem(
        position=position + LARGEST_INT32 if d.is_odd(Oddity.HUGE_NUMBERS) else position,
        kind=LineItemKind.WARRANTY if d.is_odd(Oddity.WARRANTY) else LineItemKind.PRODUCT,
        product=_product(d),
        quantity=quantity,
        unit_price=price if options.chosen() else None,
        price=price_sum(d, cost, lowered),
        delivery=_delivery(d) if options.chosen() else Delivery(),
        cost_center=options.phrase(d.bounds.cost_center),
        project=options.phrase(d.bounds.project),
        attributes=draw_attributes(d),
    )
    return item, cost


def _charge_number(d: Drawing, numbers: Iterator[int]) -> int | None:
    if d.is_odd(Oddity.REPEATED_CHARGE_NUMBERS):
        return 7
    return next(numbers) if d.flag() else None


def _bucket_number(d: Drawing, index: int) -> str:
    if d.is_odd(Oddity.EMPTY_TEXTS):
        return " " * (index + 1)
    return f"{index}{d.phrase(d.bounds.bucket_number - 1, 0)}"


def _quantity(d: Drawing) -> Quantity:
    options = d.options(2)
    value = Decimal(d.choice((1, 2, 3, 10, 999)))
    if d.is_odd(Oddity.FRACTIONAL_QUANTITY):
        value += Decimal("0.5")
    elif d.is_odd(Oddity.HUGE_NUMBERS):
        value += LARGEST_INT32
    elif options.chosen():
        value = value.quantize(Decimal("1.00"))
    return Quantity(value=value, unit=options.phrase(d.bounds.unit))


def _product(d: Drawing) -> Product:
    options = d.options(2)
    ean = options.maybe(lambda: d.draw(digits(18, leading_zeros=False)))
    return Product(
        sku=Sku(d.phrase(d.bounds.sku)),
        name=d.phrase(d.bounds.product_name),
        ean="0012345678905" if d.is_odd(Oddity.LEADING_ZEROS) else ean,
        isbn=options.maybe(lambda: d.choice(("978-1732102200", "3-16-148410-X"))),
    )


def _delivery(d: Drawing) -> Delivery:
    options = d.options(3)
    most = d.bounds.delivery_text
    kind = d.choice(tuple(DeliveryKind))
    dated = kind in (DeliveryKind.EARLIEST, DeliveryKind.FIXED)
    return Delivery(
        kind=kind,
        name=d.phrase(most) if kind is DeliveryKind.EXPRESS else None,
        desired_at=d.draw(moments()) if dated else None,
        expected_days=d.integer(-1, 30),
        freight_class=options.phrase(most),
        options=(d.phrase(most),) if options.chosen() else (),
        preferred_supplier=options.phrase(most),
    )

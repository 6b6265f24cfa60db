"""Line items as ICM's REST interface shows them."""

from decimal import Decimal

from pydantic import BaseModel

from app_sf_rest.representation.prices import Amount, Number, PriceItem, both, price_item
from iomconnector.model.line_items import LineItem
from iomconnector.model.order_states import PositionState
from iomconnector.model.prices import ListPrice


class QuantityData(BaseModel):
    """How many."""

    value: Number
    unit: str | None = None


class Pricing(BaseModel):
    """The prices of a line item."""

    price: PriceItem
    total: PriceItem
    undiscountedTotal: PriceItem
    undiscountedPrice: PriceItem
    undiscountedSingleBasePrice: PriceItem
    singleBasePrice: PriceItem
    salesTaxTotal: Amount


class Quantities(BaseModel):
    """What became of the pieces; our own addition."""

    ordered: int | None = None
    confirmed: int
    shipped: int
    cancelled: int
    returned: int


class LineItemData(BaseModel):
    """A line item."""

    id: str
    position: int
    product: str
    displayName: str
    description: str
    quantity: QuantityData
    pricing: Pricing
    calculated: bool = True
    freeGift: bool = False
    hiddenGift: bool = False
    fulfillmentStatus: str
    shipToAddress: str
    shippingMethod: str | None = None
    costCenter: str | None = None
    quantities: Quantities | None = None


def line_item_data(
    item: LineItem,
    *,
    reference: str,
    address: str,
    shipping_method: str | None,
    state: PositionState | None,
    status: str,
    currency: str,
) -> LineItemData:
    """A line item of an order.

    Arguments:
        item: The line item.
        reference: By what the order names it.
        address: By what the order names its address.
        shipping_method: The id of the shipping method.
        state: What the order management system knows of it.
        status: What to show as its status.
        currency: The currency of the order.
    """
    total = price_item(item.price, currency)
    undiscounted = price_item(item.price, currency, discounted=False)
    return LineItemData(
        id=reference,
        position=item.position,
        product=item.product.sku,
        displayName=item.product.name,
        description=item.product.name,
        quantity=QuantityData(value=item.quantity.value, unit=item.quantity.unit),
        pricing=Pricing(
            price=total,
            total=total,
            undiscountedTotal=undiscounted,
            undiscountedPrice=undiscounted,
            undiscountedSingleBasePrice=_single(item, undiscounted, currency),
            singleBasePrice=_single(item, total, currency),
            salesTaxTotal=total.tax,
        ),
        fulfillmentStatus=status,
        shipToAddress=address,
        shippingMethod=shipping_method,
        costCenter=item.cost_center,
        quantities=_quantities(state) if state is not None else None,
    )


def _single(item: LineItem, total: PriceItem, currency: str) -> PriceItem:
    """The price of one; a part of the total where the shop computed none."""
    unit = item.unit_price
    if unit is not None and unit.gross is not None and unit.net is not None:
        gross, net = _list_amount(unit.gross), _list_amount(unit.net)
        return both(gross, net, gross - net, currency)
    count = item.quantity.value
    cent = Decimal("0.01")
    gross = (total.gross.value / count).quantize(cent)
    net = (total.net.value / count).quantize(cent)
    return both(gross, net, gross - net, currency)


def _list_amount(price: ListPrice) -> Decimal:
    return price.amount.amount


def _quantities(state: PositionState) -> Quantities:
    return Quantities(
        ordered=state.ordered,
        confirmed=state.confirmed_quantity,
        shipped=state.dispatched_quantity,
        cancelled=state.cancelled_quantity,
        returned=state.returned_quantity,
    )

"""Making an order of a basket. The sums are made here and nowhere else, and never again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from iomconnector.model.addresses import StreetAddress
from iomconnector.model.baskets import Basket
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.customers import BusinessCustomer, Company, PrivateCustomer
from iomconnector.model.line_items import LineItem, Product, Quantity, ShippingBucket
from iomconnector.model.orders import Order
from iomconnector.model.payments import Payment
from iomconnector.model.prices import ListPrice, Price, PriceSum, TotalPrice, UnitPrice
from iomconnector.model.values import OrderNumber
from iomconnector.usecases.price_baskets import PricedBasket, PricedLine

NO_NUMBER: Final = OrderNumber("0")
SHIPPING_METHOD: Final = "STD_GROUND"
NAMES_IN: Final = "en"
"""Where a user has chosen no language, products are called as in this one in an order."""


@dataclass(frozen=True, slots=True)
class CheckoutWish:
    """What a buyer says at checkout.

    Arguments:
        invoice_address: Where the invoice goes. Its e-mail address is that of the user.
        shipping_address: Where the goods go.
        payment: The id of the payment service.
        customer_order_number: The buyer's own number for the order; none where there is none.
        message: What is written to the merchant; none where there is nothing.
        language: In which the order names its products.
    """

    invoice_address: StreetAddress
    shipping_address: StreetAddress
    payment: str
    customer_order_number: str | None = None
    message: str | None = None
    language: str = NAMES_IN


def order_of_basket(
    basket: Basket,
    priced: PricedBasket,
    user: CustomerUser,
    wish: CheckoutWish,
    *,
    now: datetime,
    reservation: str | None,
    attributes: dict[str, dict[str, str]],
) -> Order:
    """The order that a basket becomes; its number means nothing yet.

    Arguments:
        basket: The basket.
        priced: What it costs; there is at least one line.
        user: Who buys.
        wish: What the buyer says.
        now: When it is ordered.
        reservation: The id of the reservation with the pieces; none where none was made.
        attributes: Custom attributes of the order.

    Raises:
        pydantic.ValidationError: A field is not as an order needs it.
    """
    total: dict[str, Any] = {
        "net": Price(amount=priced.net),
        "gross": Price(amount=priced.gross),
        "taxes": priced.taxes,
    }
    items = tuple(_item(position, line, wish.language) for position, line in enumerate(priced.lines, start=1))
    return Order(
        number=NO_NUMBER,
        channel=basket.channel,
        created_at=now,
        currency=priced.currency,
        customer=_customer(user),
        customer_order_number=wish.customer_order_number,
        invoice_address=wish.invoice_address,
        shipping_buckets=(
            ShippingBucket(
                number="1",
                address=wish.shipping_address,
                shipping_method=SHIPPING_METHOD,
                line_items=items,
            ),
        ),
        subtotal=PriceSum(**total),
        total=TotalPrice(**total),
        payments=(Payment(service_id=wish.payment),),
        reservation_id=reservation,
        message_to_merchant=wish.message,
        attributes=attributes,
    )


def _customer(user: CustomerUser) -> PrivateCustomer | BusinessCustomer:
    if user.business:
        return BusinessCustomer(type="business", number=user.customer, company=Company(name=user.company))
    return PrivateCustomer(type="private", number=user.customer)


def _item(position: int, line: PricedLine, language: str) -> LineItem:
    product = line.product
    return LineItem(
        position=position,
        product=Product(sku=product.sku, name=product.name(language)),
        quantity=Quantity.model_validate({"value": line.line.quantity, "unit": product.unit}),
        unit_price=UnitPrice(net=ListPrice(amount=product.net), gross=ListPrice(amount=product.gross)),
        price=PriceSum(
            net=Price(amount=line.net),
            gross=Price(amount=line.gross),
            taxes=(line.tax,),
        ),
    )

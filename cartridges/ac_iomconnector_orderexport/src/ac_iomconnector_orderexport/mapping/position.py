"""Line items. [KB B29919, order mapping: line item, product]"""

from typing import Final, Literal

from ac_iomconnector_orderexport.document import (
    DeliveryDateDocument,
    PositionDocument,
    ProductDocument,
    ShippingDocument,
)
from ac_iomconnector_orderexport.extension_points import BIND_POSITION
from ac_iomconnector_orderexport.mapping.attributes import (
    EAN_CODE,
    ISBN,
    MOST_DIGITS,
    copied,
    is_number,
    value_or_attribute,
)
from ac_iomconnector_orderexport.mapping.prices import map_sum, map_unit_price
from ac_iomconnector_orderexport.mapping.run import MappingRun
from iomconnector.model.line_items import Delivery, DeliveryKind, LineItem

_DATE_TYPES: Final[dict[DeliveryKind, Literal["STANDARD", "EXPRESS", "EARLIEST", "FIXED"]]] = {
    DeliveryKind.STANDARD: "STANDARD",
    DeliveryKind.EXPRESS: "EXPRESS",
    DeliveryKind.EARLIEST: "EARLIEST",
    DeliveryKind.FIXED: "FIXED",
}


def map_position(item: LineItem, run: MappingRun) -> PositionDocument:
    """LineItem -> OrderPosition."""
    document = PositionDocument(
        number=item.position,
        product_unit=item.quantity.unit,
        product=_product(item, run),
        cost_center=item.cost_center,
        project=item.project,
        additional_attributes=copied(item.attributes),
        quantity=_quantity(item, run),
        sum=map_sum(item.price, run.at("price")),
        unit_price=map_unit_price(item.unit_price, run.at("unit_price")) if item.unit_price else None,
        shipping=_shipping(item.delivery),
    )
    run.bind(BIND_POSITION, item, document)
    return document


def _quantity(item: LineItem, run: MappingRun) -> int:
    value = item.quantity.value
    whole = int(value)
    if whole != value:
        problem = "is no whole number, and IOM takes none but these"
        run.context.refuse("quantity.value", problem, value)
        return max(whole, 1)
    return whole


def _product(item: LineItem, run: MappingRun) -> ProductDocument:
    product, context = item.product, run.context
    isbn = value_or_attribute(product.isbn, "product.isbn", item.attributes, ISBN, context)
    ean = value_or_attribute(product.ean, "product.ean", item.attributes, EAN_CODE, context)
    return ProductDocument(
        name=product.name,
        number=product.sku,
        isbn=isbn,
        ean=None if ean is None else _ean_number(ean, run),
    )


def _ean_number(ean: str, run: MappingRun) -> int | None:
    if not is_number(ean):
        run.context.refuse("product.ean", f"is no EAN: it may have digits only, at most {MOST_DIGITS}", ean)
        return None
    if ean.startswith("0") and ean != "0":
        if not run.settings.drop_ean_leading_zeros:
            problem = "begins with zeros, which IOM would drop (see drop_ean_leading_zeros)"
            run.context.refuse("product.ean", problem, ean)
            return None
        path = run.context.at("product.ean").path
        run.context.note(f"{path} {ean} is exported as the number {int(ean)}.")
    return int(ean)


def _shipping(delivery: Delivery) -> ShippingDocument:
    return ShippingDocument(
        freight_class=delivery.freight_class,
        delivery_options=list(delivery.options),
        delivery_date=DeliveryDateDocument(
            delivery_date_type=_DATE_TYPES[delivery.kind],
            name=delivery.name,
            desired_delivery_date=delivery.desired_at,
        ),
        expected_delivery_days=delivery.expected_days,
        selected_supplier=delivery.preferred_supplier,
    )

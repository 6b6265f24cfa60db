"""How long the texts and lists of a generated order may get."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The longest texts (in characters) and lists (in elements) of a generated order.

    The order management system that an order goes to has limits of its own; give them here, and generated
    orders reach each of them but exceed none. The names are those of the order's fields.
    """

    number: int = 20
    customer_number: int = 20
    customer_order_number: int = 20
    cost_center: int = 20
    project: int = 20
    message: int = 60
    optimization_rule: int = 20

    company_name: int = 20
    company_detail: int = 20
    vat_number: int = 20
    salutation: int = 20
    title: int = 20
    first_name: int = 20
    last_name: int = 20
    email: int = 20
    phone: int = 20

    city: int = 20
    postal_code: int = 20
    main_division: int = 20
    address_line: int = 20
    street: int = 20
    street_number: int = 20
    post_box: int = 20
    packing_station: int = 20
    additional_lines: int = 2
    packing_station_lines: int = 2

    product_name: int = 20
    sku: int = 20
    unit: int = 20
    delivery_text: int = 20
    shipping_method: int = 20
    bucket_number: int = 20

    tax_class: int = 20
    tax_location: int = 20
    promotion_id: int = 20
    promotion_name: int = 20
    promotion_descriptor: int = 20
    promotion_code: int = 20
    promotion_budget: int = 20

    payment_attribute: int = 20
    attribute_name: int = 20
    attribute_value: int = 40

    tax_details: bool = True
    """Whether taxes may tell their rate and location."""

    shipping_buckets: int = 2
    line_items: int = 2
    charges: int = 1
    attributes: int = 2


_OTHER_BOUNDS = (
    "tax_details",
    "additional_lines",
    "packing_station_lines",
    "shipping_buckets",
    "line_items",
    "charges",
    "attributes",
)
TEXT_BOUNDS = tuple(field.name for field in fields(Bounds) if field.name not in _OTHER_BOUNDS)
"""The names of the bounds that are lengths of texts."""

"""What a shop decides about the mapping of its orders."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from iomconnector.model.money import Rounding

MappedName = Annotated[str, StringConstraints(min_length=1)]

DEFAULT_CHARGE_TYPES: Final = {
    "shipping": "DELIVERYCHARGE",
    "handling": "HANDLINGCHARGE",
    "cash_on_delivery": "CODCHARGE",
    "payment": "PAYMENTCHARGE",
}
"""The charge types that IOM's blueprint project knows. [iom-api 2.7]"""


class UnmappedFields(StrEnum):
    """What happens to content for which the document has no field."""

    REFUSE = "refuse"
    DROP = "drop"


class LineOverflow(StrEnum):
    """What happens to more address lines than IOM takes."""

    REFUSE = "refuse"
    JOIN = "join"


class MappingSettings(BaseModel):
    """How orders become documents. Everything that loses content is off by default, and leaves a note."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payment_methods: dict[MappedName, MappedName] = Field(
        default_factory=dict,
        title="Payment methods",
        description="Payment service id of the shop -> payment method of IOM (Shop2PaymentDefDO). "
        "What is not listed keeps its name.",
    )
    shipping_methods: dict[MappedName, MappedName] = Field(
        default_factory=dict,
        title="Shipping methods",
        description="Shipping method of the shop -> delivery type of IOM (Shop2DeliveryTypeDefDO). "
        "What is not listed keeps its name.",
    )
    charge_types: dict[MappedName, MappedName] = Field(
        default_factory=lambda: dict(DEFAULT_CHARGE_TYPES),
        title="Charge types",
        description="Charge type of the shop -> charge type of IOM. What is not listed keeps its name.",
    )
    payment_attributes_group: str = Field(
        default="payment",
        title="Group for payment attributes",
        description="Attributes of a payment that no extension puts elsewhere become additional attributes "
        "of the order in this group. Empty: they are treated as fields without a place.",
    )
    unmapped_fields: UnmappedFields = Field(
        default=UnmappedFields.REFUSE,
        title="Fields without a place in IOM",
        description="refuse: an order with content that neither the mapping nor an extension can place is "
        "not exported. drop: it is exported without that content, with a note.",
    )
    additional_lines_overflow: LineOverflow = Field(
        default=LineOverflow.REFUSE,
        title="Too many address lines",
        description="IOM takes three additional address lines, two for a packing station. refuse: an order "
        "with more is not exported. join: the last line takes the rest, separated by commas, with a note.",
    )
    drop_ean_leading_zeros: bool = Field(
        default=False,
        title="Drop leading zeros of EANs",
        description="IOM keeps the EAN as a number, so leading zeros are lost. Off: an order with such an "
        "EAN is not exported. On: it is exported with the number, with a note.",
    )
    digits_only_order_numbers: bool = Field(
        default=False,
        title="Order numbers are digits only",
        description="Whether an order number with anything but digits is refused, as series of order "
        "numbers that ICM and IOM share demand it.",
    )
    amount_decimals: int = Field(
        default=2,
        ge=0,
        le=5,
        title="Decimals of amounts",
        description="The most decimals that an amount may have. Amounts of promotions never have more than "
        "two, whatever stands here.",
    )
    amount_rounding: Rounding = Field(
        default=Rounding.REFUSE,
        title="Rounding of amounts",
        description="What happens to an amount with more decimals. refuse: the order is not exported. "
        "half_up, half_even: the amount is rounded, with a note.",
    )

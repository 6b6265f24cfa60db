"""Values that every part of the model is made of: text, exact decimals, aware times, attributes."""

import unicodedata
from decimal import Decimal
from typing import Annotated, Any, NewType

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
)

OrderNumber = NewType("OrderNumber", str)
"""The order document number, identical in shop and order management system. [KB B29919, section 2.5]"""

ChannelId = NewType("ChannelId", str)
"""The id of a sales channel, for example ``inSPIRED-inTRONICS``."""

Sku = NewType("Sku", str)
"""A product's number in its channel."""


class Value(BaseModel):
    """Base of the model: immutable, unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _printable(text: str) -> str:
    for position, character in enumerate(text):
        if unicodedata.category(character) == "Cc" and character not in "\t\n\r":
            raise ValueError(
                f"has the control character U+{ord(character):04X} at position {position}; remove it"
            )
    return text


Text = Annotated[str, AfterValidator(_printable)]
"""Unicode text without control characters other than tab and line ends."""

RequiredText = Annotated[Text, StringConstraints(min_length=1)]
"""Text of at least one character."""


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("must be exact: write it as a string, not as a binary float")
    return value


def canonical(number: Decimal) -> str:
    """The shortest plain notation of a number: no exponent, no trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


Exact = Annotated[
    Decimal, BeforeValidator(_exact), PlainSerializer(canonical, return_type=str, when_used="json")
]
"""A decimal number that never passed through a binary float; JSON carries it as a string."""

Moment = AwareDatetime
"""A point in time with its offset."""

Attributes = dict[
    Annotated[Text, StringConstraints(min_length=1)],
    dict[Annotated[Text, StringConstraints(min_length=1)], Text],
]
"""Custom attributes: group name -> attribute name -> value."""

"""Values that every part of the model is made of: text, exact decimals, aware times, attributes."""

import re
import unicodedata
from datetime import datetime, timedelta
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
    if text.isprintable():
        return text
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in "\t\n\r"):
            what = "half of a surrogate pair" if category == "Cs" else "control character"
            raise ValueError(f"has the {what} U+{ord(character):04X} at position {position}; remove it")
    return text


Printable = AfterValidator(_printable)
"""Refuses control characters other than tab and line ends, and what UTF-8 cannot carry."""

Text = Annotated[str, Printable]
"""Unicode text without control characters other than tab and line ends."""

RequiredText = Annotated[Text, StringConstraints(min_length=1)]
"""Text of at least one character."""


MAX_DIGITS = 28
"""So many digits an exact number may have, in plain notation."""

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def _exact(value: Any) -> Any:
    if type(value) is Decimal:
        return value
    if isinstance(value, float):
        raise ValueError("must be exact: write it as a string, not as a binary float")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError("is no number: write digits with a decimal point, and nothing else")
    return value


def _of_fitting_length(number: Decimal) -> Decimal:
    text = str(number)
    if len(text) <= MAX_DIGITS and "E" not in text:
        return number
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "pydantic lets no NaN and no infinity through"
    if max(len(digits), -exponent) + max(exponent, 0) > MAX_DIGITS:
        raise ValueError(f"has more than {MAX_DIGITS} digits")
    return number


def canonical(number: Decimal) -> str:
    """The shortest plain notation of a number: no exponent, no trailing zeros."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    AfterValidator(_of_fitting_length),
    PlainSerializer(canonical, return_type=str, when_used="json"),
]
"""A decimal number of at most 28 digits that never passed through a binary float; JSON carries it as a
string."""


def _in_whole_minutes(moment: datetime) -> datetime:
    if (moment.utcoffset() or timedelta()) % timedelta(minutes=1):
        raise ValueError("has an offset with seconds, which JSON cannot carry; give it in UTC")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_whole_minutes)]
"""A point in time with its offset."""

Attributes = dict[
    Annotated[Text, StringConstraints(min_length=1)],
    dict[Annotated[Text, StringConstraints(min_length=1)], Text],
]
"""Custom attributes: group name -> attribute name -> value."""

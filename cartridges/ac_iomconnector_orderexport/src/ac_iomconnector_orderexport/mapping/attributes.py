"""Custom attributes: they travel as additional attributes, and three of them fill fields of their own."""

from typing import Final

from ac_iomconnector_orderexport.document import AttributeGroups
from ac_iomconnector_orderexport.mapping.context import MappingContext
from iomconnector.model.values import Attributes

RESERVATION_ID: Final = "InventoryReservationId"
EAN_CODE: Final = "EANCode"
ISBN: Final = "ISBN"
"""Custom attributes with a field of their own in IOM. [KB B29919, order mapping]"""


MOST_DIGITS: Final = 19
"""The digits of the greatest 64-bit number."""


def copied(attributes: Attributes) -> AttributeGroups:
    """Custom attributes -> additional attributes."""
    return {group: dict(values) for group, values in attributes.items()}


def value_or_attribute(
    value: str | None, field: str, attributes: Attributes, name: str, context: MappingContext
) -> str | None:
    """A value that the shop keeps in a field, or in a custom attribute of any group.

    The order is refused where two of these places hold different values. Blank attributes count as absent.

    Arguments:
        value: The value of the field.
        field: The path of the field from the element.
        attributes: The custom attributes of the element.
        name: The name of the custom attribute.
        context: The context of the element.
    """
    found = {} if value is None else {field: value}
    for group, members in attributes.items():
        if members.get(name, "").strip():
            found[f"attributes.{group}.{name}"] = members[name]
    if len(set(found.values())) > 1:
        places = ", ".join(f"{path} is {text!r}" for path, text in found.items())
        context.refuse(field, f"is given more than once and differently: {places}")
    return next(iter(found.values()), None)


def is_number(text: str) -> bool:
    """Whether a text is made of digits, and few enough for a number of 64 bits."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def add_attribute(
    groups: AttributeGroups, group: str, key: str, value: str, source: str, context: MappingContext
) -> None:
    """Put a value among the additional attributes, never over another one.

    Arguments:
        groups: The additional attributes of the element.
        group: Name of the group.
        key: Key within the group.
        value: The value.
        source: The path of the field of the order that the value comes from, from the element.
        context: The context of the element.
    """
    present = groups.get(group, {}).get(key, value)
    if present == value:
        groups.setdefault(group, {})[key] = value
        return
    context.refuse(
        source,
        f"belongs to the additional attribute {group}/{key}, where {present!r} stands already",
        value,
    )

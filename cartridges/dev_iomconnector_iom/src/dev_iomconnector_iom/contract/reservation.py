"""From the bytes of a request to what a reservation shall hold. [iom-api 4.3]"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dev_iomconnector_iom.exact_json import MalformedJsonError, parse

LONGEST_PRODUCT_ID = 30
LARGEST_QUANTITY = (1 << 31) - 1
_LARGEST_LIFETIME = 10 * 366 * 24 * 3600
_TYPES = ("COMPLETE", "PARTLY")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field, as the envelope says it."""

    field: str
    message: str


class RefusedReservationError(Exception):
    """The request breaks the contract; ``errors`` says how."""

    def __init__(self, *errors: FieldError) -> None:
        self.errors = errors
        super().__init__("; ".join(error.message for error in errors))


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """A request to hold products.

    Arguments:
        lifetime: How long, in the unit of the configuration; None where the request does not say.
        type: ``COMPLETE`` or ``PARTLY``; None where the request does not say.
        items: Product -> pieces; None where the request has no items.
    """

    lifetime: int | None
    type: str | None
    items: dict[str, int] | None


def read_reservation(body: bytes) -> ReservationRequest:
    """The request in a body. A quantity may be a number or its digits, as the published examples have it.

    Raises:
        RefusedReservationError: It breaks the contract.
    """
    try:
        document = parse(body)
    except MalformedJsonError as error:
        raise RefusedReservationError(FieldError("", str(error))) from error
    if not isinstance(document, dict):
        raise RefusedReservationError(FieldError("", "The body must be an object."))
    errors: list[FieldError] = []
    lifetime = document.get("lifetime")
    if lifetime is not None:
        lifetime = _whole(lifetime, "lifetime", _LARGEST_LIFETIME, errors)
    kind = document.get("type")
    if kind is not None and kind not in _TYPES:
        errors.append(FieldError("type", f"type must be one of {', '.join(_TYPES)}"))
    items = None if document.get("items") is None else _items(document["items"], errors)
    if errors:
        raise RefusedReservationError(*errors)
    return ReservationRequest(lifetime, kind, items)


def _items(given: Any, errors: list[FieldError]) -> dict[str, int]:
    if not isinstance(given, list) or not given:
        errors.append(FieldError("items", "items must be a list with at least one product"))
        return {}
    wanted: dict[str, int] = {}
    for place, item in enumerate(given):
        product = item.get("id") if isinstance(item, dict) else None
        if not isinstance(product, str) or not 0 < len(product) <= LONGEST_PRODUCT_ID:
            message = f"id must be a text of 1 to {LONGEST_PRODUCT_ID} characters"
            errors.append(FieldError(f"items[{place}].id", message))
            continue
        quantity = _whole(item.get("qty"), f"items[{place}].qty", LARGEST_QUANTITY, errors)
        wanted[product] = wanted.get(product, 0) + (quantity or 0)
    return wanted


def _whole(value: Any, field: str, largest: int, errors: list[FieldError]) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= largest:
        return value
    errors.append(FieldError(field, f"{field} must be a whole number from 1 to {largest}"))
    return None

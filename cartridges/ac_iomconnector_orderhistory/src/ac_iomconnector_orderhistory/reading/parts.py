"""Parts of IOM's documents, read tolerantly: what has the wrong form counts as missing. [iom-api 2]"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from iomconnector.model.money import Money

Part = Mapping[str, Any]
T = TypeVar("T")

LONGEST_TEXT = 10_000
_KEPT_CONTROLS = "\t\n\r"


def part(document: Any, *path: str) -> Part:
    """The object at the end of a path; an empty one where there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document if isinstance(document, Mapping) else {}


def parts(document: Part, name: str) -> Iterator[Part]:
    """The objects of a list; what is no object is passed over."""
    found = document.get(name)
    for each in found if isinstance(found, list) else ():
        if isinstance(each, Mapping):
            yield each


def text(document: Part, name: str) -> str | None:
    """A text without characters that cannot be shown; none where it is missing or empty. Numbers count as
    texts: IOM's own versions differ in that."""
    value = document.get(name)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return _showable(value[:LONGEST_TEXT]).strip() or None


def whole(document: Part, name: str) -> int | None:
    """A whole number; none where it is missing."""
    value = document.get(name)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def amount(document: Part, name: str) -> Decimal | None:
    """An exact number; none where it is missing."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() else None


def money(number: Decimal | None, currency: str | None) -> Money | None:
    """An amount of money; none where one of the two is missing or unknown."""
    if number is None or currency is None:
        return None
    return read_or_none(lambda: Money(amount=number, currency=currency))


def moment(document: Part, name: str) -> datetime | None:
    """A moment; one without offset counts as UTC, and none where it cannot be read."""
    value = document.get(name)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            return found.replace(tzinfo=UTC)
        whole_minutes = (found.utcoffset() or timedelta()) % timedelta(minutes=1) == timedelta()
        return found if whole_minutes else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(document: Part, name: str) -> date | None:
    """A day; none where it cannot be read. Of a moment, its day."""
    value = document.get(name)
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def read_or_none(read: Callable[[], T]) -> T | None:
    """What is read; none where it does not fit the model, so that one bad part never loses the rest."""
    try:
        return read()
    except ValidationError:
        return None


def _showable(value: str) -> str:
    if value.isprintable():
        return value
    return "".join(each if _is_shown(each) else "\N{REPLACEMENT CHARACTER}" for each in value)


def _is_shown(character: str) -> bool:
    category = unicodedata.category(character)
    return category != "Cs" and (category != "Cc" or character in _KEPT_CONTROLS)

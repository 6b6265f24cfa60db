"""What IOM's answers about stock and reservations say. [iom-api 4]"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

EXPIRED_CODE: Final = "21004"
"""The exception of a PUT to a reservation that was over. [KB 2729Y4]"""

_EXPIRED_STATE: Final = "expired"


@dataclass(frozen=True, slots=True)
class AtpEntry:
    """What one supplier has of a product.

    Arguments:
        product: The product id.
        location: The name of the supplier; empty where IOM gives none.
        pieces: Available to promise, at least 0.
        state: IOM's words for it; empty where it gives none.
    """

    product: str
    location: str
    pieces: int
    state: str


@dataclass(frozen=True, slots=True)
class HeldReservation:
    """A reservation as IOM describes it.

    Arguments:
        id: Its number.
        valid_until: When it ends, aware; none where IOM does not say.
        pieces: Product -> pieces that it holds.
        expired: Whether IOM says that it is over.
        was_expired: Whether IOM made it anew because it was over.
    """

    id: int
    valid_until: datetime | None
    pieces: Mapping[str, int] = field(default_factory=dict)
    expired: bool = False
    was_expired: bool = False


def read_entries(data: Sequence[Mapping[str, Any]]) -> list[AtpEntry]:
    """The entries that say how much there is; one that does not is left out, so that it counts as unknown.

    Where ``atp`` is missing it is computed from stock, blocked and reserved, if all three are there. What is
    below zero, because more was sold than there is, counts as nothing.
    """
    found = []
    for entry in data:
        product, pieces = entry.get("id"), _promised(entry)
        if isinstance(product, str) and pieces is not None:
            found.append(
                AtpEntry(product, _text(entry.get("location")), max(pieces, 0), _text(entry.get("state")))
            )
    return found


def read_reservation(document: Any, zone: ZoneInfo, expected: datetime) -> HeldReservation | None:
    """The reservation in an answer; none where it is none. One without a list of items says nothing, and not
    that it holds nothing.

    Arguments:
        document: The answer as JSON.
        zone: In which zone IOM's times are, since they show none.
        expected: When it ends, about: the hour that the clock shows twice in autumn is the one nearer to it.
    """
    data = document.get("data") if isinstance(document, dict) else None
    number = _whole(data.get("resvId")) if isinstance(data, dict) else None
    if not isinstance(data, dict) or number is None or number <= 0:
        return None
    pieces: dict[str, int] = {}
    states: list[str] = []
    items = data.get("items")
    if not isinstance(items, list):
        return None
    for item in items:
        if not isinstance(item, dict):
            return None
        product, quantity = item.get("id"), _whole(item.get("qty"))
        if not isinstance(product, str) or quantity is None or quantity < 0:
            return None
        states.append(_text(item.get("state")).lower())
        if states[-1] != _EXPIRED_STATE and quantity:
            pieces[product] = pieces.get(product, 0) + quantity
    return HeldReservation(
        number,
        _moment(data.get("validUntil"), zone, expected),
        pieces,
        expired=bool(states) and all(state == _EXPIRED_STATE for state in states),
        was_expired=EXPIRED_CODE in _codes(document),
    )


def _promised(entry: Mapping[str, Any]) -> int | None:
    atp = _whole(entry.get("atp"))
    if atp is not None:
        return atp
    stock, blocked, reserved = (_whole(entry.get(name)) for name in ("stock", "blocked", "reserved"))
    if stock is None or blocked is None or reserved is None:
        return None
    return stock - blocked - reserved


def _codes(document: Mapping[str, Any]) -> set[str]:
    exceptions = document.get("exceptions")
    return {
        str(each.get("code"))
        for each in (exceptions if isinstance(exceptions, list) else ())
        if isinstance(each, dict)
    }


def _moment(value: Any, zone: ZoneInfo, expected: datetime) -> datetime | None:
    """``2016-01-07 14:29:32`` in IOM's zone; a time that names its own zone is in that one."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo:
        return moment.astimezone(UTC)
    both = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return min(both, key=lambda each: abs(each - expected))


def _whole(value: Any) -> int | None:
    """A whole number, or its digits: IOM's published examples show both. [KB 2778D5]"""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal() and len(value) < 20:
        return int(value)
    return None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""

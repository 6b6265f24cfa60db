"""The numbers of IOM's reservations: text in the shop, int64 in IOM."""

from ac_iomconnector_rest_common.inventory_api import LARGEST_NUMBER
from iomconnector.ports.inventory_service import UnknownReservationError

_MOST_DIGITS = len(str(LARGEST_NUMBER))


def reservation_number(reservation_id: str) -> int | None:
    """The number; none where the text cannot be one of IOM's, in its only way to be written."""
    if not (reservation_id.isascii() and reservation_id.isdecimal()) or len(reservation_id) > _MOST_DIGITS:
        return None
    number = int(reservation_id)
    return number if 0 < number <= LARGEST_NUMBER and str(number) == reservation_id else None


def require_number(reservation_id: str) -> int:
    """The number.

    Raises:
        UnknownReservationError: It is none of IOM's.
    """
    number = reservation_number(reservation_id)
    if number is None:
        raise UnknownReservationError(
            f"{reservation_id[:50]!r} is no reservation of IOM: those have whole numbers.",
            reservation=reservation_id[:50],
        )
    return number

"""The header with which a server says when to come back."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_WAIT: Final = 86_400.0
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """The wait that a ``Retry-After`` header asks for. [RFC 9110, 10.2.3]

    Arguments:
        value: The header: a number of seconds or an HTTP date.
        now: The present, aware.

    Returns:
        Seconds between 0 and one day, or none where there is no header or nothing that can be read.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)

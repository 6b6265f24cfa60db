"""JSON with exact numbers: money leaves and arrives as Decimal, never as float.

IOM carries amounts as JSON numbers, which are BigDecimal on its side. [iom-api 0, money]
"""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from ac_iomconnector_rest_common.errors import IomJsonError

_LONGEST_NUMBER: Final = 300
_NEVER_FLOATS: Final = frozenset({str, int, bool, type(None), Decimal})


def encode(document: Any) -> bytes:
    """Write a document as JSON in UTF-8.

    Decimals become JSON numbers in plain notation, digit for digit. Datetimes become ISO 8601 with offset and
    milliseconds, finer parts cut off. [iom-api 0, dates] Dates become ``yyyy-MM-dd``. Keys are strings.

    Raises:
        IomJsonError: The document holds a float, a number that is not finite or longer than 300
            digits, a datetime without offset, or a type that JSON does not have.
    """
    try:
        _refuse_floats(document)
        return orjson.dumps(document, default=_as_json, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except RecursionError:
        raise IomJsonError("The document cannot be written as JSON: it is nested too deeply.") from None
    except orjson.JSONEncodeError as error:
        raise IomJsonError(f"The document cannot be written as JSON: {error.__cause__ or error}.") from None


def decode(body: bytes) -> Any:
    """Read JSON as RFC 8259 defines it; a number with a fraction or exponent becomes a Decimal.

    Raises:
        IomJsonError: The bytes are not JSON in UTF-8.
    """
    try:
        orjson.loads(body)
        return json.loads(body, parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise IomJsonError(f"The {len(body)} bytes are not JSON: {error}.") from None


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise IomJsonError(
            f"The document holds the float {value!r}, which is not exact.", hint="Use Decimal instead."
        )
    for member in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    ):
        if type(member) not in _NEVER_FLOATS:
            _refuse_floats(member)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(_plain(value))
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a type of JSON")


def timestamp(moment: datetime) -> str:
    """A moment as IOM reads and writes it: ``2019-09-14T16:22:32.123+02:00``. [iom-api 0, dates]

    An offset that is not a whole number of minutes does not fit the format; such a moment is given in UTC.

    Raises:
        IomJsonError: The moment has no offset.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise IomJsonError(f"The moment {moment.isoformat()} has no offset from UTC.")
    whole_minutes = offset % timedelta(minutes=1) == timedelta(0)
    return (moment if whole_minutes else moment.astimezone(UTC)).isoformat(timespec="milliseconds")


def _plain(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError(f"{number} is not a number of JSON")
    written = str(number)
    if "E" not in written and len(written) <= _LONGEST_NUMBER:
        return written
    if abs(number.adjusted()) > _LONGEST_NUMBER or len(number.as_tuple().digits) > _LONGEST_NUMBER:
        raise ValueError(f"the number {number:.6e} is longer than {_LONGEST_NUMBER} digits")
    return format(number, "f")

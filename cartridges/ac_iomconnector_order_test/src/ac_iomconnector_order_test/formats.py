"""The string and number formats that the official documents use. [iom-api 1.1]"""

import re
from datetime import date, datetime
from typing import Final

from jsonschema import FormatChecker

INT32: Final = (-(2**31), 2**31 - 1)
INT64: Final = (-(2**63), 2**63 - 1)

_DATE_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-](0\d|1[0-9]|2[0-3]):[0-5]\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EMAIL = re.compile(r"""([^\s@"(),:;<>\[\]\\]+|"[^"]+")@[^\s@.,:;<>()"\\]+(\.[^\s@.,:;<>()"\\]+)*""")
_URI_CHARACTERS = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:{_URI_CHARACTERS}+")
_URI_REFERENCE = re.compile(rf"{_URI_CHARACTERS}+")


def is_date_time(value: object) -> bool:
    """RFC 3339: date, ``T``, time with seconds, and an offset."""
    return not isinstance(value, str) or bool(_DATE_TIME.fullmatch(value) and _is_moment(value))


def is_date(value: object) -> bool:
    """RFC 3339 full-date: ``2026-02-28``."""
    return not isinstance(value, str) or bool(_DATE.fullmatch(value) and _is_day(value))


def is_email(value: object) -> bool:
    """One mailbox: local part, ``@``, domain without empty labels; letters of any alphabet."""
    return not isinstance(value, str) or bool(_EMAIL.fullmatch(value))


def is_uri(value: object) -> bool:
    """RFC 3986 with a scheme; a blank, a quote or a letter outside ASCII must be percent-encoded."""
    return not isinstance(value, str) or bool(_URI.fullmatch(value))


def is_uri_reference(value: object) -> bool:
    """RFC 3986, absolute or relative; stands in for the unregistered format ``url``. [iom-api 0, 7]"""
    return not isinstance(value, str) or bool(_URI_REFERENCE.fullmatch(value))


def is_int32(value: object) -> bool:
    """A whole number of 32 bits; what is no whole number is for ``type`` to judge."""
    return not isinstance(value, int) or INT32[0] <= value <= INT32[1]


def is_int64(value: object) -> bool:
    """A whole number of 64 bits; what is no whole number is for ``type`` to judge."""
    return not isinstance(value, int) or INT64[0] <= value <= INT64[1]


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def format_checker() -> FormatChecker:
    """The checker for every format of the Order API documents, and for no other."""
    checker = FormatChecker(formats=())
    checks = {
        "date-time": is_date_time,
        "date": is_date,
        "email": is_email,
        "uri": is_uri,
        "url": is_uri_reference,
        "int32": is_int32,
        "int64": is_int64,
    }
    for name, check in checks.items():
        checker.checks(name)(check)
    return checker

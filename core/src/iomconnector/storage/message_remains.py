"""What is left of a message when its bodies are removed: when, where, with what status, how large."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Row

NOTE = "(A body of {size} characters was removed.)"


def bodies_removed(row: Row[Any], at: datetime) -> dict[str, Any]:
    """The columns of a message without bodies, headers and query.

    Arguments:
        row: The message.
        at: When they are removed.
    """
    return {
        "url": _without_query(row.url),
        "request_headers": {},
        "request_body": _note(row.request_body),
        "response_headers": {},
        "response_body": _note(row.response_body),
        "error": "(removed)" if row.error else "",
        "erased_at": at,
    }


def _note(body: str) -> str:
    return NOTE.format(size=len(body)) if body else ""


def _without_query(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(removed)"
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))

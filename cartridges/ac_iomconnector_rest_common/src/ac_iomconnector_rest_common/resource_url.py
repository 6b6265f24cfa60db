"""Addresses of resources: every part encoded, so that an order number is never taken for a path."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from ac_iomconnector_rest_common.errors import IomInvalidRequest


def resource_path(base_path: str, segments: Sequence[str]) -> str:
    """The path of a resource, each segment percent-encoded on its own.

    Raises:
        IomInvalidRequest: A segment is empty, ``.`` or ``..``, which no encoding keeps from being taken
            for another path, or holds half a surrogate pair.
    """
    return "/".join([base_path.rstrip("/"), *(_encoded(segment) for segment in segments)])


def query_string(params: Sequence[tuple[str, str]]) -> str:
    """The query, a key repeated for each of its values, as IOM reads lists. [iom-api 0, list params]

    Raises:
        IomInvalidRequest: A key or value holds half a surrogate pair.
    """
    if not params:
        return ""
    try:
        return urlencode(params, quote_via=quote, safe="")
    except UnicodeEncodeError:
        raise IomInvalidRequest("A parameter of the request is not text that UTF-8 can encode.") from None


def _encoded(segment: str) -> str:
    if segment in {"", ".", ".."}:
        raise IomInvalidRequest(
            f"{segment!r} cannot be part of the address of a resource.",
            hint="Correct the number or name; it must hold more than dots.",
        )
    try:
        return quote(segment, safe="")
    except UnicodeEncodeError:
        raise IomInvalidRequest(f"{segment!r} is not text that UTF-8 can encode.") from None

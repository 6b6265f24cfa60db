"""One HTTP exchange, as it went over the wire."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from iomconnector.errors import ConnectorError

Pairs = tuple[tuple[str, str], ...]

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class ContentCodingError(ConnectorError):
    """A body whose ``Content-Encoding`` is unknown or does not fit its bytes."""

    code = "iom.order_test.content_coding"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    Arguments:
        method: In capitals.
        path: The percent-encoded path, base path included, without the query.
        query: Decoded names and values in the order in which they were sent.
        request_headers: Names and values; names compare without regard to case.
        request_body: The bytes as sent.
        status: The status code.
        response_headers: Like the request's.
        response_body: The bytes as sent.
    """

    method: str
    path: str
    query: Pairs
    request_headers: Pairs = field(repr=False)
    request_body: bytes = field(repr=False)
    status: int
    response_headers: Pairs = field(repr=False)
    response_body: bytes = field(repr=False)


def exchange(
    method: str,
    target: str,
    *,
    status: int,
    request_headers: Mapping[str, str] | None = None,
    request_body: bytes = b"",
    response_headers: Mapping[str, str] | None = None,
    response_body: bytes = b"",
) -> Exchange:
    """Build an exchange from what a test has at hand: ``target`` is the path with its query."""
    path, _, query = target.partition("?")
    return Exchange(
        method=method.upper(),
        path=path,
        query=query_pairs(query),
        request_headers=tuple((request_headers or {}).items()),
        request_body=request_body,
        status=status,
        response_headers=tuple((response_headers or {}).items()),
        response_body=response_body,
    )


def query_pairs(query: str) -> Pairs:
    """Decode a query string; empty values are kept."""
    return tuple(parse_qsl(query, keep_blank_values=True))


def header(headers: Pairs, name: str) -> str | None:
    """The value of a header, several values joined with a comma; None where it was not sent."""
    values = [value for sent, value in headers if sent.lower() == name.lower()]
    return ", ".join(values) if values else None


def without_secrets(headers: Iterable[tuple[str, str]]) -> Pairs:
    """The headers with credentials and cookies replaced, the scheme of ``Authorization`` kept."""
    return tuple(
        (name, _masked(value) if name.lower() in _SECRET_HEADERS else value) for name, value in headers
    )


def _masked(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} ***" if blank else "***"


def decoded_body(headers: Pairs, body: bytes) -> bytes:
    """The body with its ``Content-Encoding`` undone (gzip, deflate, identity).

    Raises:
        ContentCodingError: Another coding, or bytes that do not fit.
    """
    coding = (header(headers, "content-encoding") or "identity").strip().lower()
    if coding == "identity":
        return body
    if coding not in {"gzip", "x-gzip", "deflate"}:
        raise ContentCodingError(
            f"Content-Encoding {coding!r} cannot be judged.", hint="Send gzip or identity."
        )
    try:
        return zlib.decompress(body, wbits=zlib.MAX_WBITS | 32)
    except zlib.error as failure:
        raise ContentCodingError(f"The body is not {coding}: {failure}.") from failure

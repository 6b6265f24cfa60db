"""A complete answer of IOM."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with a status that the request expects; a JSON body is known to be JSON.

    Arguments:
        status: The status.
        headers: The headers, their names in any case.
        body: The body, decompressed; empty where there is none.
        message_id: The id of the attempt in the message log.
        url: What was asked, without credentials.
        document: The body read as JSON, decimals exact; none where there is no body.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    message_id: str
    url: str
    document: Any = field(default=None, repr=False)

    def json(self) -> Any:
        """The body read as JSON, numbers with a fraction as Decimal; none where there is no body."""
        return self.document


def reference(answer: Answer) -> str:
    """Where the created resource stands, as IOM says: path or URL without credentials; empty if unsaid."""
    location = answer.headers.get("location", "").strip()
    try:
        parts = urlsplit(location)
    except ValueError:
        return location
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def last_segment(location: str) -> str:
    """The last segment of a location, decoded: the id of a created resource; empty where there is none.

    IOM does not say whether a location is absolute or relative. [iom-api 0, Location]
    """
    try:
        path = urlsplit(location.strip()).path
    except ValueError:
        return ""
    return unquote(path.rstrip("/").rpartition("/")[2])

"""A request, one try of it, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from ac_iomconnector_rest_common.errors import IomRestError

_READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request as its caller wants it.

    Arguments:
        method: The HTTP method, upper case.
        path: The encoded path, without the query.
        params: The query, not encoded.
        body: What to send; none for a request without body.
        accept: The statuses that mean success.
        service: The id of the service configuration.
        channel: The channel.
        order_number: The order it is about; none where it is about no single one.
        route: The path with names in place of what differs from order to order.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes | None = field(repr=False)
    accept: tuple[int, ...]
    service: str
    channel: str
    order_number: str | None
    route: str = ""

    @property
    def reads_only(self) -> bool:
        """Whether it changes nothing, so that it may be repeated."""
        return self.method in _READING

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a request.

    Arguments:
        call: The request.
        message_id: Unique id, the same in the message log and in errors.
        at: When it was sent.
        url: Where it went, secrets masked.
    """

    call: Call
    message_id: str
    at: datetime
    url: str

    def failed(self, kind: type[IomRestError], message: str, **details: Any) -> IomRestError:
        """The error that this try ends with."""
        call = self.call
        return kind(
            message,
            method=call.method,
            path=call.path,
            message_id=self.message_id,
            service=call.service,
            channel=call.channel,
            order_number=call.order_number,
            **details,
        )


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back, before anybody judged it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def status_line(self) -> str:
        """The status with its name, where it has one."""
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty where none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

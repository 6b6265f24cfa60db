"""The log of every message exchanged with an outside system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One attempt: what was sent, what came back.

    Arguments:
        message_id: Unique id of the attempt.
        at: When it was sent.
        channel: For which channel.
        order_number: About which order; none where it is about no single one.
        service: The id of the service configuration that sent it.
        method: HTTP method, or the operation of another protocol.
        url: Where it went, without credentials.
        request_headers: Headers sent, secrets masked.
        request_body: What was sent.
        status: The answer's status; none where no answer came.
        response_headers: Headers of the answer, secrets masked.
        response_body: What came back.
        error: Why no complete answer came.
        duration_ms: From sending to the end of the answer, in milliseconds.
        attempt: In which attempt to export the order it was sent, from 1; none where it was in none.
        trace_id: The trace that it belongs to, 32 hexadecimal digits; none where it belongs to none.
    """

    message_id: str
    at: datetime
    channel: str
    order_number: str | None
    service: str
    method: str
    url: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    error: str = ""
    duration_ms: float = 0.0
    attempt: int | None = None
    trace_id: str | None = None


class MessageLog(Protocol):
    """Keeps every attempt with request and response. [KB 27R686]"""

    async def record(self, message: Message) -> None:
        """Keep a message. Secrets must be masked already.

        Raises:
            StorageError: It could not be kept.
        """
        ...

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        ...

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        ...

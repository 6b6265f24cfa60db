"""The message log in memory."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

from iomconnector.errors import StorageError
from iomconnector.ports.message_log import Message


class MemoryMessageLog:
    """Implements :class:`~iomconnector.ports.message_log.MessageLog`."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.without_bodies: set[str] = set()

    async def record(self, message: Message) -> None:
        """Keep a message; one of its id must not have been kept before."""
        if message.message_id in self.messages:
            raise StorageError(
                f"A message {message.message_id} is in the log already.", message_id=message.message_id
            )
        self.messages[message.message_id] = deepcopy(message)

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        about = [
            deepcopy(message)
            for message in self.messages.values()
            if (message.channel, message.order_number) == (channel, order_number)
        ]
        return sorted(about, key=lambda message: message.at)

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        return deepcopy(self.messages.get(message_id))

    def remove_bodies(self, message_id: str) -> None:
        """Remove bodies and headers of a message."""
        message = self.messages[message_id]
        self.without_bodies.add(message_id)
        self.messages[message_id] = replace(
            message,
            url=message.url.partition("?")[0],
            request_headers={},
            request_body=_note(message.request_body),
            response_headers={},
            response_body=_note(message.response_body),
            error="(removed)" if message.error else "",
        )


def _note(body: str) -> str:
    return f"(A body of {len(body)} characters was removed.)" if body else ""

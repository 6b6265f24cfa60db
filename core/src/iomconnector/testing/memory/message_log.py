"""The message log in memory."""

from collections.abc import Sequence
from copy import deepcopy

from iomconnector.errors import StorageError
from iomconnector.ports.message_log import Message


class MemoryMessageLog:
    """Implements :class:`~iomconnector.ports.message_log.MessageLog`."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}

    async def record(self, message: Message) -> None:
        """Keep a message; one of its id must not have been kept before."""
        if message.message_id in self._messages:
            raise StorageError(
                f"A message {message.message_id} is in the log already.", message_id=message.message_id
            )
        self._messages[message.message_id] = deepcopy(message)

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        about = [
            deepcopy(message)
            for message in self._messages.values()
            if (message.channel, message.order_number) == (channel, order_number)
        ]
        return sorted(about, key=lambda message: message.at)

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        return deepcopy(self._messages.get(message_id))

"""A message log that is spared what IOM answers about many orders."""

from collections.abc import Sequence
from dataclasses import replace

from iomconnector.ports.message_log import Message, MessageLog


class LogWithoutBulk:
    """A message log that does not keep what IOM answers about many orders at once, which may be gigabytes.

    Arguments:
        log: The message log behind it.
    """

    def __init__(self, log: MessageLog) -> None:
        self._log = log

    async def record(self, message: Message) -> None:
        """Keep a message."""
        if message.method == "GET" and message.order_number is None and message.status == 200:
            note = f"(An answer of {len(message.response_body)} characters about many orders is not kept.)"
            message = replace(message, response_body=note)
        await self._log.record(message)

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        return await self._log.of_order(channel, order_number)

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        return await self._log.by_id(message_id)

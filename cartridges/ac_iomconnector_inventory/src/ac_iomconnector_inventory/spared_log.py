"""A message log that is spared what every page view asks."""

from collections.abc import Sequence

from iomconnector.ports.message_log import Message, MessageLog


class SparedLog:
    """Keeps every request for a reservation, and of the questions what is available those that failed.

    The others come as often as shoppers look at products, and nobody looks for them afterwards.

    Arguments:
        log: The message log behind it.
    """

    def __init__(self, log: MessageLog) -> None:
        self._log = log

    async def record(self, message: Message) -> None:
        """Keep a message, unless it is an answered question what is available."""
        answered = message.status == 200 and not message.error
        if not (answered and message.method == "GET" and "/atp/" in message.url):
            await self._log.record(message)

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        return await self._log.of_order(channel, order_number)

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        return await self._log.by_id(message_id)

"""A message log whose messages tell to which attempt and to which trace they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iomconnector.errors import StorageError
from iomconnector.observability.attempts import attempt_on
from iomconnector.observability.telemetry import Telemetry
from iomconnector.observability.tracing import current_trace_id
from iomconnector.ports.message_log import Message, MessageLog


class ObservedMessageLog:
    """Implements :class:`~iomconnector.ports.message_log.MessageLog` on another one.

    A sender need not know in which attempt or trace it works.

    Arguments:
        log: Where the messages are kept.
        telemetry: Counts those that could not be kept.
    """

    def __init__(self, log: MessageLog, telemetry: Telemetry) -> None:
        self._log = log
        self._telemetry = telemetry

    async def record(self, message: Message) -> None:
        """Keep a message, with attempt and trace where it has none of its own."""
        attempt = message.attempt
        if attempt is None:
            attempt = attempt_on(message.channel, message.order_number)
        known = replace(message, attempt=attempt, trace_id=message.trace_id or current_trace_id())
        try:
            await self._log.record(known)
        except StorageError:
            self._telemetry.message_lost()
            raise

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        return await self._log.of_order(channel, order_number)

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        return await self._log.by_id(message_id)

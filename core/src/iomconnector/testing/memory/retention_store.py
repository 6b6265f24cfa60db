"""Removing what is old from memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from iomconnector.model.exports import ExportState
from iomconnector.model.retention import Kept
from iomconnector.ports.retention_store import Batch
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.message_log import MemoryMessageLog
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow

DONE = (ExportState.EXPORTED, ExportState.REJECTED, ExportState.GIVEN_UP)


class MemoryRetentionStore:
    """Implements :class:`~iomconnector.ports.retention_store.RetentionStore`.

    Arguments:
        shop: The shop's orders.
        message_log: Messages about them.
        audit_trail: Who changed what.
    """

    def __init__(
        self, shop: MemoryShop, message_log: MemoryMessageLog, audit_trail: MemoryAuditTrail
    ) -> None:
        self._shop = shop
        self._message_log = message_log
        self._audit_trail = audit_trail

    async def count(self, kept: Kept, before: datetime) -> int:
        """How many things of a kind are older, and may go."""
        return len(self._old(kept, before))

    async def remove(
        self, kept: Kept, before: datetime, *, at: datetime, after: Any = None, limit: int = 200
    ) -> Batch:
        """Remove up to ``limit`` old things that may go."""
        old = self._old(kept, before)
        for key in old[:limit]:
            if kept is Kept.ATTEMPTS:
                row, attempt = key
                row.attempts.remove(attempt)
            elif kept is Kept.AUDIT_ENTRIES:
                self._audit_trail.remove(key)
            elif kept is Kept.MESSAGES:
                del self._message_log.messages[key]
            else:
                self._message_log.remove_bodies(key)
        return Batch(len(old[:limit]), True if len(old) > limit else None)

    async def orders_to_erase(self, before: datetime, *, after: int = 0, limit: int = 200) -> Sequence[int]:
        """Keys of orders that were exported before, and from which nothing was erased."""
        keys = [
            row.request.order_id
            for row in self._shop
            if row.request.order_id > after
            and row.erased_at is None
            and row.request.state is ExportState.EXPORTED
            and not row.request.unclear
            and row.request.exported_at is not None
            and row.request.exported_at < before
        ]
        return keys[:limit]

    def _old(self, kept: Kept, before: datetime) -> list[Any]:
        if kept is Kept.ATTEMPTS:
            return [
                (row, attempt)
                for row in self._shop
                if _is_done(row)
                for attempt in row.attempts
                if attempt.ended_at < before
            ]
        if kept is Kept.AUDIT_ENTRIES:
            return self._audit_trail.numbers_before(before)
        return [
            message.message_id
            for message in self._message_log.messages.values()
            if message.at < before
            and self._may_go(message.channel, message.order_number)
            and (kept is Kept.MESSAGES or message.message_id not in self._message_log.without_bodies)
        ]

    def _may_go(self, channel: str, number: str | None) -> bool:
        row = self._shop.find(channel, number) if number is not None else None
        return row is None or _is_done(row)


def _is_done(row: OrderRow) -> bool:
    return row.request.state in DONE and not row.request.unclear

"""Personal data in memory: what is stored where, and its erasure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from iomconnector.model.audit import AuditEntry
from iomconnector.model.erasure import (
    ERASED,
    decision_without_personal_data,
    without_personal_data,
)
from iomconnector.model.order_documents import digest_of, dump_order, parse_order
from iomconnector.ports.message_log import Message
from iomconnector.ports.personal_data import HeldOrder
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.message_log import MemoryMessageLog
from iomconnector.testing.memory.order_rows import MemoryShop, OrderRow

ERASURE = "privacy.erased"
IMPERSONAL = ("state", "reason_code", "revision", "due_at", "fields")


class MemoryPersonalData:
    """Implements :class:`~iomconnector.ports.personal_data.PersonalData`.

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

    async def of_customer(self, number: str) -> Sequence[HeldOrder]:
        """The orders of a customer."""
        return [_held(row) for row in self._shop if row.order.customer.number == number]

    async def of_order(self, number: str, channel: str | None = None) -> Sequence[HeldOrder]:
        """The orders of that number."""
        return [
            _held(row)
            for row in self._shop
            if row.order.number == number and channel in (None, row.order.channel)
        ]

    async def stored(self, order_id: int) -> Mapping[str, Any]:
        """All that is stored about an order."""
        row = self._shop.get(order_id)
        assert row is not None
        entries = await self._audit_trail.entries(
            subject=row.order.number, context=row.order.channel, limit=10_000
        )
        return {
            "orders": {
                "content": json.loads(dump_order(row.order)),
                "digest": row.digest,
                "customer": row.order.customer.number,
            },
            "approval_decisions": [each.model_dump(mode="json") for each in row.decisions],
            "order_corrections": [
                {**asdict(each), "content_before": json.loads(each.content_before)}
                for each in row.corrections
            ],
            "export_requests": [asdict(row.request)],
            "export_attempts": [asdict(each) for each in row.attempts],
            "messages": [asdict(each) for each in self._messages(row)],
            "audit_entries": [asdict(each) for each in entries],
            "order_number_assignments": [],
        }

    async def erase(self, order_id: int, *, by: str, at: datetime) -> HeldOrder | None:
        """Erase the personal data of an order."""
        row = self._shop.get(order_id)
        if row is None:
            return None
        held = _held(row)
        if row.erased_at is None and not held.obstacle:
            self._erase(row, at)
            entry = AuditEntry(at=at, by=by, action=ERASURE, subject=held.number, context=held.channel)
            self._audit_trail.append(entry)
        return held

    async def forget_remnants(self) -> str:
        """Nothing is left in files."""
        return "Nothing is left."

    async def rewrite(self, tables: Sequence[str] = ()) -> str:
        """There is nothing to write."""
        return "There was nothing to do."

    def _messages(self, row: OrderRow) -> list[Message]:
        return [
            message
            for message in self._message_log.messages.values()
            if (message.channel, message.order_number) == (row.order.channel, row.order.number)
        ]

    def _erase(self, row: OrderRow, at: datetime) -> None:
        for message in self._messages(row):
            self._message_log.remove_bodies(message.message_id)
        self._audit_trail.rewrite(row.order.number, row.order.channel, _without_text)
        row.order = without_personal_data(row.order)
        row.digest = digest_of(row.order)
        row.erased_at = at
        row.decisions = [decision_without_personal_data(each) for each in row.decisions]
        row.attempts = [replace(each, reason=each.reason and ERASED) for each in row.attempts]
        row.request = replace(row.request, reason=row.request.reason and ERASED)
        before = [without_personal_data(parse_order(each.content_before)) for each in row.corrections]
        row.digests_before = [digest_of(order) for order in before]
        row.corrections = [
            replace(each, reason=ERASED, content_before=dump_order(order))
            for each, order in zip(row.corrections, before, strict=True)
        ]


def _held(row: OrderRow) -> HeldOrder:
    request = row.request
    return HeldOrder(
        request.order_id,
        request.channel,
        request.number,
        row.placed_at,
        request.state,
        request.unclear,
        row.erased_at,
    )


def _without_text(entry: AuditEntry) -> AuditEntry:
    return replace(
        entry,
        changes={
            name: (old, new) if name in IMPERSONAL else (_kept(old), _kept(new))
            for name, (old, new) in entry.changes.items()
        },
    )


def _kept(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else ERASED

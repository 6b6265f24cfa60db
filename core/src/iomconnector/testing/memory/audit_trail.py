"""The audit trail in memory."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from itertools import count

from iomconnector.model.audit import AuditEntry
from iomconnector.model.erasure import ERASED
from iomconnector.ports.customer_user_repository import USER_TOPICS


class MemoryAuditTrail:
    """Implements :class:`~iomconnector.ports.audit_trail.AuditTrail`."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []
        self._numbers = count(1)

    async def record(self, *entries: AuditEntry) -> None:
        """Add entries to the end of the trail."""
        self.append(*entries)

    def append(self, *entries: AuditEntry) -> None:
        """Add entries within a change of another adapter in memory."""
        for entry in entries:
            self._entries.append(replace(deepcopy(entry), number=next(self._numbers)))

    async def entries(
        self,
        *,
        topic: str | None = None,
        subject: str | None = None,
        context: str | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> Sequence[AuditEntry]:
        """Entries, the latest first."""
        found = [
            deepcopy(entry)
            for entry in reversed(self._entries)
            if topic in (None, entry.topic)
            and subject in (None, entry.subject)
            and context in (None, entry.context)
            and (before is None or entry.number < before)
        ]
        return found[:limit]

    def rewrite(self, subject: str, context: str, change: Callable[[AuditEntry], AuditEntry]) -> None:
        """Change the entries about a thing, for an erasure."""
        self._entries = [
            change(entry) if (entry.subject, entry.context) == (subject, context) else entry
            for entry in self._entries
        ]

    def forget_user(self, channel: str, login: str) -> None:
        """Take the name of a user of a customer out of all entries, for an erasure."""
        self._entries = [
            _without_user(entry, login) if entry.context == channel and entry.topic in USER_TOPICS else entry
            for entry in self._entries
        ]

    def numbers_before(self, moment: datetime) -> list[int]:
        """The numbers of older entries."""
        return [entry.number for entry in self._entries if entry.at < moment]

    def remove(self, number: int) -> None:
        """Remove an entry, for the retention."""
        self._entries = [entry for entry in self._entries if entry.number != number]


def _without_user(entry: AuditEntry, login: str) -> AuditEntry:
    about = entry.subject == login
    return replace(
        entry,
        by=ERASED if entry.by == login else entry.by,
        subject=ERASED if about else entry.subject,
        changes={} if about else entry.changes,
    )

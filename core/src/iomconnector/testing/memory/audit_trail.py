"""The audit trail in memory."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

from iomconnector.model.audit import AuditEntry


class MemoryAuditTrail:
    """Implements :class:`~iomconnector.ports.audit_trail.AuditTrail`."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []

    async def record(self, *entries: AuditEntry) -> None:
        """Add entries to the end of the trail."""
        self.append(*entries)

    def append(self, *entries: AuditEntry) -> None:
        """Add entries within a change of another adapter in memory."""
        for entry in entries:
            self._entries.append(replace(deepcopy(entry), number=len(self._entries) + 1))

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

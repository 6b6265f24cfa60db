"""Switching the export of a channel off for a while."""

from collections.abc import Mapping
from typing import Protocol

from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportPause


class ExportPauses(Protocol):
    """Keeps which channels' exports are switched off. Nobody claims an order of such a channel; what is under
    way is finished."""

    async def all(self) -> Mapping[str, ExportPause]:
        """The pauses by channel."""
        ...

    async def pause(self, pause: ExportPause, audit: AuditEntry) -> bool:
        """Switch the export of a channel off, and record who did it, in one transaction.

        Returns:
            False where it is off already; nothing was changed then.

        Raises:
            StorageError: There is no such channel; nothing was changed.
        """
        ...

    async def resume(self, channel: str, audit: AuditEntry) -> ExportPause | None:
        """Switch the export of a channel on again, and record who did it, in one transaction.

        Returns:
            The pause that ended; none where it is on already, and nothing was changed.
        """
        ...

"""Which channels' exports are switched off, in memory."""

from collections.abc import Mapping

from iomconnector.errors import StorageError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportPause
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.order_rows import MemoryShop


class MemoryExportPauses:
    """Implements :class:`~iomconnector.ports.export_pauses.ExportPauses` for the channels of a shop.

    Arguments:
        shop: The shop.
        audit_trail: Where it is recorded who did what.
    """

    def __init__(self, shop: MemoryShop, audit_trail: MemoryAuditTrail) -> None:
        self._shop = shop
        self._audit_trail = audit_trail

    async def all(self) -> Mapping[str, ExportPause]:
        """The pauses by channel."""
        return dict(sorted(self._shop.paused.items()))

    async def pause(self, pause: ExportPause, audit: AuditEntry) -> bool:
        """Switch the export of a channel off, and record who did it."""
        if pause.channel not in self._shop.contexts:
            raise StorageError(f"There is no channel {pause.channel!r}.", channel=pause.channel)
        if pause.channel in self._shop.paused:
            return False
        self._shop.paused[pause.channel] = pause
        self._audit_trail.append(audit)
        return True

    async def resume(self, channel: str, audit: AuditEntry) -> ExportPause | None:
        """Switch the export of a channel on again, and record who did it."""
        ended = self._shop.paused.pop(channel, None)
        if ended is not None:
            self._audit_trail.append(audit)
        return ended

"""Switch the export of a channel off for a while, and on again."""

from collections.abc import Callable, Mapping

from iomconnector.errors import ConnectorError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.exports import ExportPause
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.export_pauses import ExportPauses
from iomconnector.usecases.channels import require_channel
from iomconnector.usecases.export_act_plans import ReasonMissingError


class PauseError(ConnectorError):
    """The export of the channel is switched off, or on, already. Nothing was changed."""

    code = "export.pause"


class PauseExports:
    """Pauses and resumes the export of channels. It is a switch of its own: no setting is changed by it.
    Orders are placed and approved all the same, and what is under way is finished.

    Arguments:
        pauses: Keeps which channels are paused.
        contexts: The tree of contexts.
        clock: Tells the time.
    """

    def __init__(self, pauses: ExportPauses, contexts: ContextRepository, clock: Clock) -> None:
        self._pauses = pauses
        self._contexts = contexts
        self._clock = clock
        self._when_resumed: list[Callable[[], None]] = []

    def when_resumed(self, call: Callable[[], None]) -> None:
        """Have something called whenever a channel was resumed."""
        self._when_resumed.append(call)

    async def all(self) -> Mapping[str, ExportPause]:
        """The pauses by channel."""
        return await self._pauses.all()

    async def pause(self, channel: str, *, by: str, reason: str) -> ExportPause:
        """Switch the export of a channel off.

        Raises:
            NotFoundError: There is no such channel.
            ReasonMissingError: There is no reason.
            PauseError: It is off already; the error says since when, by whom and why.
        """
        await require_channel(self._contexts, channel)
        if not reason.strip():
            raise ReasonMissingError("A pause needs a reason.", hint="Say why; others will wonder.")
        pause = ExportPause(channel, by, self._clock.now(), reason)
        entry = AuditEntry(pause.paused_at, by, "export.paused", channel, channel, {"reason": (None, reason)})
        if not await self._pauses.pause(pause, entry):
            held = (await self._pauses.all()).get(channel)
            told = f" by {held.paused_by} since {held.paused_at:%F %T} UTC: {held.reason}" if held else ""
            raise PauseError(f"The export of {channel} is paused already{told}.", channel=channel)
        return pause

    async def resume(self, channel: str, *, by: str) -> ExportPause:
        """Switch the export of a channel on again.

        Returns:
            The pause that ended.

        Raises:
            NotFoundError: There is no such channel.
            PauseError: It is on already.
        """
        await require_channel(self._contexts, channel)
        entry = AuditEntry(self._clock.now(), by, "export.resumed", channel, channel)
        ended = await self._pauses.resume(channel, entry)
        if ended is None:
            raise PauseError(f"The export of {channel} is not paused.", channel=channel)
        for call in self._when_resumed:
            call()
        return ended

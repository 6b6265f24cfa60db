"""The protocol of database preparation in memory."""

from collections.abc import Sequence
from dataclasses import replace

from iomconnector.errors import NotFoundError
from iomconnector.ports.preparation_protocol import Outcome, Registration, StepEntry


class MemoryPreparationProtocol:
    """Implements :class:`~iomconnector.ports.preparation_protocol.PreparationProtocol`."""

    def __init__(self) -> None:
        self._entries: list[StepEntry] = []
        self._registrations: dict[str, Registration] = {}

    async def exists(self) -> bool:
        """Always."""
        return True

    async def add(self, entry: StepEntry) -> int:
        """Add an entry."""
        self._entries.append(entry)
        return len(self._entries)

    async def finish(self, number: int, entry: StepEntry) -> None:
        """Complete an entry."""
        if not 0 < number <= len(self._entries):
            raise NotFoundError(f"The preparation protocol has no entry {number}.", entry=number)
        self._entries[number - 1] = entry

    async def entries(self) -> Sequence[StepEntry]:
        """Every entry by its number."""
        return list(self._entries)

    async def abandon_running(self, message: str) -> Sequence[StepEntry]:
        """Fail what is still running."""
        turned = []
        for index, entry in enumerate(self._entries):
            if entry.outcome is Outcome.RUNNING:
                self._entries[index] = replace(entry, outcome=Outcome.FAILED, message=message)
                turned.append(self._entries[index])
        return turned

    async def register(self, registration: Registration) -> None:
        """Add a cartridge that is not known yet."""
        self._registrations.setdefault(registration.cartridge, registration)

    async def registrations(self) -> Sequence[Registration]:
        """Every known cartridge by name."""
        return [self._registrations[name] for name in sorted(self._registrations)]

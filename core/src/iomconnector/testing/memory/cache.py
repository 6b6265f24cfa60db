"""A cache in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(eq=False, slots=True)
class _Visit:
    until: float
    over: asyncio.Event = field(default_factory=asyncio.Event)


class MemoryCache:
    """Implements :class:`~iomconnector.ports.cache.Cache` for one process.

    Arguments:
        monotonic: Measures durations, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._entries: dict[str, tuple[bytes, float]] = {}
        self._inside: dict[str, _Visit] = {}

    async def get_many(self, keys: list[str]) -> dict[str, bytes]:
        """What is kept under keys."""
        now = self._monotonic()
        found = ((key, self._entries.get(key)) for key in keys)
        return {key: entry[0] for key, entry in found if entry is not None and now < entry[1]}

    async def set_many(self, entries: dict[str, bytes], *, keep: timedelta) -> None:
        """Keep values under keys."""
        until = self._monotonic() + keep.total_seconds()
        self._entries.update({key: (value, until) for key, value in entries.items()})

    async def delete_many(self, keys: list[str]) -> None:
        """Drop what is kept under keys."""
        for key in keys:
            self._entries.pop(key, None)

    @asynccontextmanager
    async def alone(self, key: str, *, at_most: timedelta) -> AsyncIterator[None]:
        """Be the only one inside."""
        while (before := self._inside.get(key)) is not None and self._monotonic() < before.until:
            with suppress(TimeoutError):
                async with asyncio.timeout(before.until - self._monotonic()):
                    await before.over.wait()
        visit = self._inside[key] = _Visit(self._monotonic() + at_most.total_seconds())
        try:
            yield
        finally:
            visit.over.set()
            if self._inside.get(key) is visit:
                del self._inside[key]

    async def aclose(self) -> None:
        """Forget everything."""
        self._entries.clear()

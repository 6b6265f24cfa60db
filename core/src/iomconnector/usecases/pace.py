"""Doing something again and again, as long as it is needed: at a pace, and at once where it is urgent."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress


class Pace:
    """Repeats an act in the background. Belongs to one event loop.

    Arguments:
        act: What is done; never twice at the same time.
        needed: Whether it is to be done again; where it is not, nothing runs until :meth:`stir`.
        pause: Seconds between the beginning of one act and the next; asked for again where it was longer than
            ``interval`` and something stirred.
        interval: The usual pause, in seconds.
    """

    def __init__(
        self,
        act: Callable[[], Awaitable[None]],
        *,
        needed: Callable[[], bool],
        pause: Callable[[], float],
        interval: float,
    ) -> None:
        self._act = act
        self._needed = needed
        self._pause = pause
        self._interval = interval
        self._acting = asyncio.Lock()
        self._last = float("-inf")
        self._urgent = self._resting = False
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether something runs in the background."""
        return self._task is not None and not self._task.done()

    def stir(self, *, urgent: bool = False) -> None:
        """Something happened: go on with it, at once where it is urgent."""
        self._urgent = self._urgent or urgent
        if self._urgent or self._resting:
            self._stirred.set()
        if not self.running:
            self._task = asyncio.get_running_loop().create_task(self._repeat())

    async def now(self, unless: Callable[[], bool] = lambda: False) -> None:
        """Do it now and wait for it; not if, when its turn has come, ``unless`` says so."""
        async with self._acting:
            if not unless():
                self._last = asyncio.get_running_loop().time()
                await self._act()

    async def stop(self) -> None:
        """End what runs in the background."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _repeat(self) -> None:
        while self._needed():
            await self._until_due()
            await self.now()

    async def _until_due(self) -> None:
        now = asyncio.get_running_loop().time
        while not self._urgent:
            pause = self._pause()
            seconds = self._last + pause - now()
            if seconds <= 0:
                break
            self._stirred.clear()
            self._resting = pause > self._interval
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stirred.wait()
        self._urgent = self._resting = False

"""Looks at orders whose every step a test decides."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from iomconnector.model.order_states import OrderState
from iomconnector.ports.order_state_store import KnownState
from iomconnector.testing.memory import (
    MemoryCache,
    MemoryOrderHistory,
    MemoryOrderHistoryService,
    MemoryOrderStateStore,
)

T = TypeVar("T")

ENOUGH = 60
"""After so many turns of the event loop everybody who can go on without a step has done so."""


class Steps:
    """Where those who look stop: before what they ask for happens, and before they learn of it."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def waiting(self) -> int:
        """How many stand somewhere."""
        self._waiting = [each for each in self._waiting if not each.done()]
        return len(self._waiting)

    async def around(self, act: Callable[[], Awaitable[T]]) -> T:
        """Do something between two stops."""
        await self._stop()
        result = await act()
        await self._stop()
        return result

    async def let_go(self, place: int) -> None:
        """Let one of those who stand somewhere go on to the next stop."""
        if self.waiting:
            self._waiting.pop(place % len(self._waiting)).set_result(None)
        await self.settle()

    async def let_all_go(self, *, but: int | None = None) -> None:
        """Let everybody go on until nobody stands anywhere.

        Arguments:
            but: Which of those who stand somewhere stays there; nobody where omitted.
        """
        stays = None if but is None or not self.waiting else self._waiting.pop(but % len(self._waiting))
        while self.waiting:
            await self.let_go(0)
        if stays is not None:
            self._waiting.append(stays)

    async def settle(self) -> None:
        """Let everybody go on who can."""
        for _ in range(ENOUGH):
            await asyncio.sleep(0)

    async def _stop(self) -> None:
        stop = asyncio.get_running_loop().create_future()
        self._waiting.append(stop)
        await stop


class SteppedStore(MemoryOrderStateStore):
    """A store with a stop before and after everything; ``at_once`` is the same without stops.

    Arguments:
        steps: Where to stop.
    """

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps
        self.at_once = MemoryOrderStateStore()

    async def ticket(self, channel: str) -> int:
        """Take a ticket before asking."""
        return await self._steps.around(lambda: self.at_once.ticket(channel))

    async def keep(
        self, channel: str, states: Sequence[OrderState], *, ticket: int, observed_at: datetime
    ) -> Mapping[str, KnownState]:
        """Keep the states of an answer."""
        return await self._steps.around(
            lambda: self.at_once.keep(channel, states, ticket=ticket, observed_at=observed_at)
        )

    async def versions(self, channel: str, numbers: Sequence[str]) -> Mapping[str, int]:
        """The versions that stand for orders."""
        return await self._steps.around(lambda: self.at_once.versions(channel, numbers))

    async def known(self, channel: str, numbers: Sequence[str]) -> Mapping[str, KnownState]:
        """What stands for orders."""
        return await self._steps.around(lambda: self.at_once.known(channel, numbers))


class SteppedService(MemoryOrderHistoryService):
    """An order history service with a stop before a question arrives and before its answer does.

    Arguments:
        management: Where orders are.
        steps: Where to stop.
    """

    def __init__(self, management: MemoryOrderHistory, steps: Steps, **rest: Any) -> None:
        super().__init__(management, **rest)
        self._steps = steps

    async def states(self, numbers: Sequence[str]) -> Sequence[OrderState]:
        """The states of the orders that have one of these numbers."""
        return await self._steps.around(lambda: super(SteppedService, self).states(numbers))


class SteppedCache(MemoryCache):
    """A cache with a stop before and after everything.

    Arguments:
        steps: Where to stop.
    """

    def __init__(self, steps: Steps, monotonic: Callable[[], float]) -> None:
        super().__init__(monotonic)
        self._steps = steps

    async def get_many(self, keys: list[str]) -> dict[str, bytes]:
        """What is kept under keys."""
        return await self._steps.around(lambda: super(SteppedCache, self).get_many(keys))

    async def set_many(self, entries: dict[str, bytes], **rest: Any) -> None:
        """Keep values under keys."""
        await self._steps.around(lambda: super(SteppedCache, self).set_many(entries, **rest))

"""Keeping the last known states of orders fresh, whether or not anybody looks at them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from iomconnector.errors import ConnectorError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import Phase
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.order_history_service import (
    HistoryNotOfferedError,
    HistoryUnavailableError,
    OrderHistoryService,
)
from iomconnector.ports.order_state_store import OrderStateStore

FEED: Final = "order states"
ROUND: Final = "order states one after the other"
AT_ONCE: Final = 500
"""So many states are asked for with one question."""
MOST_PAGES: Final = 20
"""So many pages of a change feed are read in one go; the rest waits for the next."""
SETTLED: Final = frozenset({Phase.SHIPPED, Phase.RETURNED, Phase.CANCELLED})
"""Orders in these phases seldom change; they are asked for when somebody looks at them."""

log = structlog.get_logger(__name__)


class FollowOrders:
    """Reads what changed in order management systems: their change feeds, or, where there is none, the states
    of orders that are on their way, one part of them after the other and round again.

    Arguments:
        contexts: The channels.
        service_of: Gives the order history service of a channel, or raises a ``ConnectorError``.
        store: Where states are kept.
        clock: Tells the time.
    """

    def __init__(
        self,
        contexts: ContextRepository,
        service_of: Callable[[str], Awaitable[OrderHistoryService]],
        store: OrderStateStore,
        clock: Clock,
    ) -> None:
        self._contexts = contexts
        self._service_of = service_of
        self._store = store
        self._clock = clock

    async def __call__(self) -> None:
        """Look at every channel once, all at a time; one that fails or is slow hinders no other."""
        contexts = await self._contexts.all()
        channels = [context.id for context in contexts if context.kind is ContextKind.CHANNEL]
        await asyncio.gather(*map(self._tried, channels))

    async def follow(self, channel: str) -> int:
        """Look at one channel once.

        Returns:
            How many states came.

        Raises:
            ServiceResolutionError: The channel has no operational order history service.
            HistoryUnavailableError: The order management system could not answer.
            StorageError: The states cannot be kept.
        """
        service = await self._service_of(channel)
        try:
            return await self._read_feed(channel, service)
        except HistoryNotOfferedError:
            return await self._ask_again(channel, service)

    async def _tried(self, channel: str) -> None:
        try:
            count = await self.follow(channel)
        except HistoryUnavailableError as error:
            log.info(
                "order states cannot be followed", channel=channel, code=error.code, reason=error.message
            )
        except ConnectorError as error:
            log.debug("order states are not followed", channel=channel, code=error.code, reason=error.message)
        except Exception:
            log.exception("following order states failed unexpectedly", channel=channel)
        else:
            if count:
                log.debug("order states followed", channel=channel, states=count)

    async def _read_feed(self, channel: str, service: OrderHistoryService) -> int:
        mark, count = await self._store.mark(channel, FEED), 0
        for _ in range(MOST_PAGES):
            ticket = await self._store.ticket(channel)
            changes = await service.changes(mark, limit=AT_ONCE)
            now = self._clock.now()
            await self._store.keep(channel, changes.states, ticket=ticket, observed_at=now)
            if changes.mark != mark:
                await self._store.set_mark(channel, FEED, changes.mark, at=now)
            count, mark = count + len(changes.states), changes.mark
            if not changes.more:
                break
        return count

    async def _ask_again(self, channel: str, service: OrderHistoryService) -> int:
        settled = [status.code for status in service.statuses if status.phase in SETTLED]
        mark = await self._store.mark(channel, ROUND)
        after = int(mark) if mark and mark.isdecimal() else 0
        numbers, then = await self._store.unsettled(channel, settled, after=after, limit=AT_ONCE)
        states: Sequence[OrderState] = ()
        if numbers:
            ticket = await self._store.ticket(channel)
            states = await service.states(numbers)
            await self._store.keep(channel, states, ticket=ticket, observed_at=self._clock.now())
        if then != after:
            await self._store.set_mark(channel, ROUND, str(then), at=self._clock.now())
        return len(states)

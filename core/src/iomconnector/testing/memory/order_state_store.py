"""The last known states of orders in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from iomconnector.model.order_states import OrderState
from iomconnector.ports.order_state_store import KnownState


class MemoryOrderStateStore:
    """Implements :class:`~iomconnector.ports.order_state_store.OrderStateStore`; every order is in the shop.

    Arguments:
        exported: Gives key and number of the exported orders of a channel.
    """

    def __init__(self, exported: Callable[[str], Sequence[tuple[int, str]]] = lambda _: ()) -> None:
        self._exported = exported
        self._known: dict[tuple[str, str], KnownState] = {}
        self._gone: dict[tuple[str, str], int] = {}
        self._marks: dict[tuple[str, str], str] = {}

    async def ticket(self, channel: str) -> int:
        """Take a ticket before asking."""
        return max(self._versions(channel).values(), default=0)

    async def keep(
        self, channel: str, states: Sequence[OrderState], *, ticket: int, observed_at: datetime
    ) -> Mapping[str, KnownState]:
        """Keep the states of an answer, each unless something newer stands for its order."""
        version = await self.ticket(channel) + 1
        standing = self._versions(channel)
        for state in states:
            key = (channel, state.number)
            if standing.get(state.number, 0) > ticket:
                continue
            self._gone.pop(key, None)
            self._known[key] = KnownState(state, version, observed_at)
        return await self.known(channel, [state.number for state in states])

    async def versions(self, channel: str, numbers: Sequence[str]) -> Mapping[str, int]:
        """The versions that stand for orders."""
        standing = self._versions(channel)
        return {number: standing[number] for number in numbers if number in standing}

    async def known(self, channel: str, numbers: Sequence[str]) -> Mapping[str, KnownState]:
        """What stands for orders."""
        found = {number: self._known.get((channel, number)) for number in numbers}
        return {number: known for number, known in found.items() if known is not None}

    async def unsettled(
        self, channel: str, settled: Collection[str], *, after: int, limit: int
    ) -> tuple[Sequence[str], int]:
        """Exported orders to look at again."""
        found = []
        for key, number in sorted(self._exported(channel)):
            known = self._known.get((channel, number))
            if key > after and (known is None or known.state.status.code not in settled):
                found.append((key, number))
        page = found[:limit]
        return [number for _, number in page], page[-1][0] if len(found) > limit else 0

    async def forget(self, channel: str, numbers: Sequence[str]) -> None:
        """Forget what stands for orders."""
        version = await self.ticket(channel) + 1
        for number in numbers:
            self._known.pop((channel, number), None)
            self._gone[channel, number] = version

    async def mark(self, channel: str, feed: str) -> str | None:
        """How far a change feed was read."""
        return self._marks.get((channel, feed))

    async def set_mark(self, channel: str, feed: str, mark: str, *, at: datetime) -> None:
        """Remember how far a change feed was read."""
        self._marks[channel, feed] = mark

    def _versions(self, channel: str) -> dict[str, int]:
        known = {key: each.version for key, each in self._known.items()}
        return {number: version for (of, number), version in (known | self._gone).items() if of == channel}

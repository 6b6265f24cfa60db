"""The last known states of orders, for all processes; and who may replace which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from iomconnector.model.order_states import OrderState


@dataclass(frozen=True, slots=True)
class KnownState:
    """A state that was kept.

    Arguments:
        state: The state.
        version: Grows with every state that is kept in the channel.
        observed_at: When the order management system answered.
    """

    state: OrderState
    version: int
    observed_at: datetime


class OrderStateStore(Protocol):
    """Keeps for each order the last known state, so that nobody is ever shown an older one after a newer one.

    Two answers of an order management system that overlap in time cannot be told apart by age. So a question
    begins with a ticket, and its answer is kept only where nothing was kept for that order since. Whoever
    loses shows what the winner kept.
    """

    async def ticket(self, channel: str) -> int:
        """Take a ticket before asking: the greatest version in the channel, 0 where there is none."""
        ...

    async def keep(
        self, channel: str, states: Sequence[OrderState], *, ticket: int, observed_at: datetime
    ) -> Mapping[str, KnownState]:
        """Keep the states of an answer, all in one transaction, each unless a version greater than ``ticket``
        stands for its order already.

        A state with the content that is known already gets a new version too: it was observed anew, and an
        answer to an older question must not take its place. Nothing is kept of orders that the shop does not
        have, or whose personal data were erased.

        Returns:
            What stands now for each of the orders, by number.

        Raises:
            StorageError: Nothing was kept.
        """
        ...

    async def versions(self, channel: str, numbers: Sequence[str]) -> Mapping[str, int]:
        """The versions that stand for orders; those without one are left out."""
        ...

    async def known(self, channel: str, numbers: Sequence[str]) -> Mapping[str, KnownState]:
        """What stands for orders; those without are left out, and so are those that cannot be read."""
        ...

    async def unsettled(
        self, channel: str, settled: Collection[str], *, after: int, limit: int
    ) -> tuple[Sequence[str], int]:
        """Numbers of exported orders of which nothing is known, or whose last known status is not among
        ``settled``, by ascending key.

        Arguments:
            channel: The channel.
            settled: Codes of statuses.
            after: Begin behind this key; 0 at the beginning.
            limit: How many numbers at most. So that one question never reads the whole shop, fewer may come
                although there are more.

        Returns:
            The numbers, and behind which key to go on; 0 where the end was reached.
        """
        ...

    async def forget(self, channel: str, numbers: Sequence[str]) -> None:
        """Forget what stands for orders. An answer to a question that was asked before is not kept either."""
        ...

    async def mark(self, channel: str, feed: str) -> str | None:
        """How far a change feed was read; none where it was not."""
        ...

    async def set_mark(self, channel: str, feed: str, mark: str, *, at: datetime) -> None:
        """Remember how far a change feed was read."""
        ...
